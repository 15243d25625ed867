/*
 * Signatures of requests whose head is, but for some values, that of a request which TypeScript has verified before
 * (signed-head.ts). One call looks whether the bytes are such a request and whether its signature is right. It only ever
 * says yes or "look yourself": whatever is different in any way, and every error, is left to verify.ts.
 *
 * Rules of safety. Every offset from TypeScript is checked when a head is made; what a head needs is copied then and
 * never changes, and no pointer into TypeScript's memory is kept from one call to the next. Nothing is read outside of
 * the bytes that a call is given. Signatures are compared in constant time; keys are wiped when a head is freed. The hashes
 * are those of the OpenSSL inside Node.js.
 */
#define NAPI_VERSION 8
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>
#include "node-calls.h"

/* Bumped with every change of the calls or of what they are given, so that an old build is not used by mistake. */
enum { CONTRACT = 1 };

enum {
  VALUES_MAX = 32,  /* values of a head that may change */
  PIECES_MAX = 128, /* of the canonical request */
  BLOCK_BYTES = SHA256_CBLOCK,
  DIGEST_BYTES = SHA256_DIGEST_LENGTH,
  HEX_BYTES = 2 * DIGEST_BYTES,
  DATE_BYTES = 16, /* 20261123T034500Z */
  LENGTH_DIGITS_MAX = 8
};

/* What is asked of a value that may change. */
enum value_kind {
  PLAIN = 0,     /* what needs no normalising in a canonical request */
  LENGTH = 1,    /* of the body, in digits */
  SIGNATURE = 2, /* as before up to the last 64 characters, which are the signature in lower-case hexadecimal */
  DATE = 3,      /* 16 characters */
  BODY_HASH = 4, /* that of the body, in lower-case hexadecimal */
  KINDS
};

/* Where a piece of the canonical request comes from: one of the values that change by its number, or */
enum { FROM_TEXT = -1, FROM_BODY_HASH = -2 };

struct value {
  enum value_kind kind;
  uint32_t from, to; /* where it stands in the head that was seen */
};

struct piece {
  int32_t source;
  uint32_t from, to; /* in the text */
};

struct head {
  uint32_t bytes_count, values_count, pieces_count, text_count, scope_count;
  uint32_t date, length, signature; /* numbers of these values */
  SHA256_CTX inner, outer; /* of HMAC under the signing key, its block taken in */
  uint8_t date_before[DATE_BYTES];
  struct value *values;
  struct piece *pieces;
  uint8_t *bytes; /* the head that was seen */
  uint8_t *text;  /* what is the same in all its canonical requests */
  uint8_t *scope; /* of the string to sign: a line's end, the scope, a line's end */
};

_Static_assert(sizeof(struct head) % _Alignof(struct value) == 0 && sizeof(struct value) % _Alignof(struct piece) == 0, "aligned");

struct span {
  uint32_t from, to;
};

/* What a call finds out, in the order in which TypeScript is told. */
enum { HEAD_BYTES, BODY_BYTES, SAME_DATE, FIRST_VALUE, RESULTS_COUNT = FIRST_VALUE + 2 * VALUES_MAX };

static bool fail(napi_env env, const char *message) {
  napi_throw_range_error(env, "ERR_HOTKEEP_SIGNED_HEADS", message);
  return false;
}

/* ---- verifying ---- */

static void to_hex(const uint8_t *digest, uint8_t *hex) {
  static const char digits[] = "0123456789abcdef";
  for (int i = 0; i < DIGEST_BYTES; i++) {
    hex[2 * i] = (uint8_t)digits[digest[i] >> 4];
    hex[2 * i + 1] = (uint8_t)digits[digest[i] & 15];
  }
}

static void finish_hex(SHA256_CTX *sha, uint8_t *hex) {
  uint8_t digest[DIGEST_BYTES];
  SHA256_Final(digest, sha);
  to_hex(digest, hex);
}

/* Where a value that needs no normalising ends; 0: it does need it, or there is none. */
static uint32_t end_of_plain(const uint8_t *bytes, uint32_t from, uint32_t limit) {
  uint32_t at = from;
  while (at < limit && bytes[at] >= 0x20 && bytes[at] < 0x7f) {
    if (bytes[at] == ' ' && (at == from || bytes[at - 1] == ' ')) return 0;
    at++;
  }
  return at == from || at == limit || bytes[at - 1] == ' ' ? 0 : at;
}

static uint32_t end_of_digits(const uint8_t *bytes, uint32_t from, uint32_t limit, uint32_t *number) {
  uint32_t at = from;
  *number = 0;
  while (at < limit && at - from <= LENGTH_DIGITS_MAX && bytes[at] >= '0' && bytes[at] <= '9') {
    *number = *number * 10 + (bytes[at++] - '0');
  }
  return at == from || at - from > LENGTH_DIGITS_MAX ? 0 : at;
}

/* Whether the bytes begin with this head and all of its body is there; where the values are then. */
static bool find_values(const struct head *h, const uint8_t *bytes, uint32_t count, struct span *found, uint32_t *head_bytes,
                        uint32_t *body_bytes) {
  uint32_t at = 0, seen = 0;
  for (uint32_t i = 0;; i++) {
    uint32_t same = (i < h->values_count ? h->values[i].from : h->bytes_count) - seen;
    if (same > count - at || memcmp(bytes + at, h->bytes + seen, same) != 0) return false;
    at += same;
    if (i == h->values_count) break;
    const struct value *value = &h->values[i];
    uint32_t length = value->to - value->from, end;
    switch (value->kind) {
      case LENGTH:
        end = end_of_digits(bytes, at, count, body_bytes);
        break;
      case SIGNATURE:
        /* The rest of the line is compared next, so a longer value is another head. */
        end = length <= count - at && memcmp(bytes + at, h->bytes + value->from, length - HEX_BYTES) == 0 ? at + length : 0;
        break;
      case DATE:
      case BODY_HASH:
        end = end_of_plain(bytes, at, count);
        if (end != 0 && end - at != length) end = 0;
        break;
      default:
        end = end_of_plain(bytes, at, count);
    }
    if (end == 0) return false;
    found[i] = (struct span){at, end};
    at = end;
    seen = value->to;
  }
  *head_bytes = at;
  return *body_bytes <= count - at;
}

static bool is_signed(const struct head *h, const uint8_t *bytes, const struct span *found, uint32_t head_bytes,
                      uint32_t body_bytes) {
  uint8_t body_hash[HEX_BYTES], hex[HEX_BYTES], digest[DIGEST_BYTES];
  SHA256_CTX sha;
  SHA256_Init(&sha);
  SHA256_Update(&sha, bytes + head_bytes, body_bytes);
  finish_hex(&sha, body_hash);
  for (uint32_t i = 0; i < h->values_count; i++) {
    if (h->values[i].kind == BODY_HASH && memcmp(bytes + found[i].from, body_hash, HEX_BYTES) != 0) return false;
  }

  SHA256_Init(&sha);
  for (uint32_t i = 0; i < h->pieces_count; i++) {
    const struct piece *piece = &h->pieces[i];
    if (piece->source == FROM_TEXT) {
      SHA256_Update(&sha, h->text + piece->from, piece->to - piece->from);
    } else if (piece->source == FROM_BODY_HASH) {
      SHA256_Update(&sha, body_hash, HEX_BYTES);
    } else {
      const struct span *value = &found[piece->source];
      SHA256_Update(&sha, bytes + value->from, value->to - value->from);
    }
  }
  finish_hex(&sha, hex);

  static const char algorithm[] = "AWS4-HMAC-SHA256\n";
  sha = h->inner;
  SHA256_Update(&sha, algorithm, sizeof algorithm - 1);
  SHA256_Update(&sha, bytes + found[h->date].from, DATE_BYTES);
  SHA256_Update(&sha, h->scope, h->scope_count);
  SHA256_Update(&sha, hex, HEX_BYTES);
  SHA256_Final(digest, &sha);
  sha = h->outer;
  SHA256_Update(&sha, digest, DIGEST_BYTES);
  finish_hex(&sha, hex);
  bool same = CRYPTO_memcmp(hex, bytes + found[h->signature].to - HEX_BYTES, HEX_BYTES) == 0;
  OPENSSL_cleanse(&sha, sizeof sha);
  OPENSSL_cleanse(hex, sizeof hex);
  return same;
}

/* ---- making heads ---- */

static void free_head(napi_env env, void *data, void *hint) {
  (void)env;
  struct head *h = data;
  size_t *size = hint;
  OPENSSL_cleanse(h, *size);
  free(h);
  free(size);
}

static bool bytes_argument(napi_env env, napi_value value, const uint8_t **bytes, uint32_t *count, uint32_t max) {
  void *data;
  size_t length;
  if (napi_get_buffer_info(env, value, &data, &length) != napi_ok || length < 1 || length > max)
    return fail(env, "not such bytes");
  *bytes = data;
  *count = (uint32_t)length;
  return true;
}

/* Triples of numbers. */
static bool triples_argument(napi_env env, napi_value value, const int32_t **triples, uint32_t *count, uint32_t max) {
  napi_typedarray_type type;
  size_t length;
  void *data;
  if (napi_get_typedarray_info(env, value, &type, &length, &data, NULL, NULL) != napi_ok || type != napi_int32_array ||
      length % 3 != 0 || length / 3 > max) {
    return fail(env, "not such a table");
  }
  *triples = data;
  *count = (uint32_t)(length / 3);
  return true;
}

/* Values come in their order, apart from one another and with something between them; one of each needed kind. */
static bool take_values(struct head *h, const int32_t *triples, uint32_t count) {
  uint32_t of_kind[KINDS] = {0}, before = 0;
  for (uint32_t i = 0; i < count; i++, triples += 3) {
    if (triples[0] < 0 || triples[0] >= KINDS || triples[1] < 0 || triples[2] < 0) return false;
    struct value value = {(enum value_kind)triples[0], (uint32_t)triples[1], (uint32_t)triples[2]};
    if (value.from <= before || value.to <= value.from || value.to >= h->bytes_count) return false;
    uint32_t length = value.to - value.from;
    if (value.kind == SIGNATURE && length <= HEX_BYTES) return false;
    if (value.kind == DATE && length != DATE_BYTES) return false;
    if (value.kind == BODY_HASH && length != HEX_BYTES) return false;
    if (value.kind == DATE) h->date = i;
    if (value.kind == LENGTH) h->length = i;
    if (value.kind == SIGNATURE) h->signature = i;
    of_kind[value.kind]++;
    h->values[i] = value;
    before = value.to;
  }
  h->values_count = count;
  return of_kind[LENGTH] == 1 && of_kind[SIGNATURE] == 1 && of_kind[DATE] == 1 && of_kind[BODY_HASH] <= 1;
}

static bool take_pieces(struct head *h, const int32_t *triples, uint32_t count) {
  bool has_body_hash = false;
  for (uint32_t i = 0; i < count; i++, triples += 3) {
    struct piece piece = {triples[0], (uint32_t)triples[1], (uint32_t)triples[2]};
    if (piece.source < FROM_BODY_HASH || piece.source >= (int32_t)h->values_count) return false;
    if (piece.source == FROM_TEXT && (piece.from > piece.to || piece.to > h->text_count)) return false;
    if (piece.source == FROM_BODY_HASH) has_body_hash = true;
    h->pieces[i] = piece;
  }
  h->pieces_count = count;
  return has_body_hash;
}

/* make(bytes, values, text, pieces, scope, inner block, outer block): a head. */
static napi_value call_make(napi_env env, napi_callback_info info) {
  enum { ARGUMENTS = 7, BYTES_MAX = 64 * 1024 };
  napi_value arguments[ARGUMENTS], result;
  size_t given = ARGUMENTS;
  const uint8_t *bytes, *text, *scope, *inner, *outer;
  const int32_t *values, *pieces;
  uint32_t bytes_count, values_count, text_count, pieces_count, scope_count, inner_count, outer_count;
  if (napi_get_cb_info(env, info, &given, arguments, NULL, NULL) != napi_ok || given != ARGUMENTS) {
    fail(env, "wrong number of arguments");
    return NULL;
  }
  if (!bytes_argument(env, arguments[0], &bytes, &bytes_count, BYTES_MAX) ||
      !triples_argument(env, arguments[1], &values, &values_count, VALUES_MAX) ||
      !bytes_argument(env, arguments[2], &text, &text_count, BYTES_MAX) ||
      !triples_argument(env, arguments[3], &pieces, &pieces_count, PIECES_MAX) ||
      !bytes_argument(env, arguments[4], &scope, &scope_count, BYTES_MAX) ||
      !bytes_argument(env, arguments[5], &inner, &inner_count, BLOCK_BYTES) ||
      !bytes_argument(env, arguments[6], &outer, &outer_count, BLOCK_BYTES)) {
    return NULL;
  }
  /* One piece of memory, what needs alignment first. */
  size_t values_at = sizeof(struct head), pieces_at = values_at + values_count * sizeof(struct value);
  size_t bytes_at = pieces_at + pieces_count * sizeof(struct piece);
  size_t size = bytes_at + bytes_count + text_count + scope_count, *kept = malloc(sizeof size);
  uint8_t *memory = calloc(1, size);
  struct head *h = (struct head *)memory;
  if (h == NULL || kept == NULL) {
    free(h);
    free(kept);
    fail(env, "no memory");
    return NULL;
  }
  *kept = size;
  h->bytes_count = bytes_count;
  h->text_count = text_count;
  h->scope_count = scope_count;
  h->values = (struct value *)(memory + values_at);
  h->pieces = (struct piece *)(memory + pieces_at);
  h->bytes = memcpy(memory + bytes_at, bytes, bytes_count);
  h->text = memcpy(h->bytes + bytes_count, text, text_count);
  h->scope = memcpy(h->text + text_count, scope, scope_count);
  bool fits = inner_count == BLOCK_BYTES && outer_count == BLOCK_BYTES && take_values(h, values, values_count) &&
              take_pieces(h, pieces, pieces_count);
  if (fits) {
    SHA256_Init(&h->inner);
    SHA256_Update(&h->inner, inner, BLOCK_BYTES);
    SHA256_Init(&h->outer);
    SHA256_Update(&h->outer, outer, BLOCK_BYTES);
  }
  if (!fits || napi_create_external(env, h, free_head, kept, &result) != napi_ok) {
    free_head(env, h, kept);
    if (!fits) fail(env, "not a head whose requests can be verified");
    return NULL;
  }
  return result;
}

/* ---- taking requests ---- */

/*
 * take(head, memory, start, end, results): whether memory[start, end) begins with a whole request with this head whose
 * signature is right. The results then: the sizes of head and body, 1 if the date is that of the last such request,
 * and where in memory each changing value begins and ends.
 */
static napi_value call_take(napi_env env, napi_callback_info info) {
  enum { ARGUMENTS = 5 };
  napi_value arguments[ARGUMENTS], result;
  size_t given = ARGUMENTS, length, results_count;
  void *data, *memory, *results_data;
  uint32_t start, end;
  napi_typedarray_type type;
  if (napi_get_cb_info(env, info, &given, arguments, NULL, NULL) != napi_ok || given != ARGUMENTS ||
      napi_get_value_external(env, arguments[0], &data) != napi_ok ||
      napi_get_buffer_info(env, arguments[1], &memory, &length) != napi_ok ||
      napi_get_value_uint32(env, arguments[2], &start) != napi_ok ||
      napi_get_value_uint32(env, arguments[3], &end) != napi_ok || start > end || end > length || end > INT32_MAX ||
      napi_get_typedarray_info(env, arguments[4], &type, &results_count, &results_data, NULL, NULL) != napi_ok ||
      type != napi_int32_array || results_count != RESULTS_COUNT) {
    fail(env, "an argument of take is out of range");
    return NULL;
  }
  struct head *h = data;
  const uint8_t *bytes = (const uint8_t *)memory + start;
  struct span found[VALUES_MAX];
  uint32_t head_bytes, body_bytes = 0;
  bool is_right = find_values(h, bytes, end - start, found, &head_bytes, &body_bytes) &&
                  is_signed(h, bytes, found, head_bytes, body_bytes);
  if (is_right) {
    int32_t *results = results_data;
    const uint8_t *date = bytes + found[h->date].from;
    results[HEAD_BYTES] = (int32_t)head_bytes;
    results[BODY_BYTES] = (int32_t)body_bytes;
    results[SAME_DATE] = memcmp(h->date_before, date, DATE_BYTES) == 0;
    memcpy(h->date_before, date, DATE_BYTES);
    for (uint32_t i = 0; i < h->values_count; i++) {
      results[FIRST_VALUE + 2 * i] = (int32_t)(start + found[i].from);
      results[FIRST_VALUE + 2 * i + 1] = (int32_t)(start + found[i].to);
    }
  }
  return napi_get_boolean(env, is_right, &result) == napi_ok ? result : NULL;
}

/* ---- the module ---- */

NAPI_MODULE_INIT() {
  bool added = add_function(env, exports, "make", call_make) && add_function(env, exports, "take", call_take) &&
               add_number(env, exports, "contract", CONTRACT) && add_number(env, exports, "valuesMax", VALUES_MAX) &&
               add_number(env, exports, "piecesMax", PIECES_MAX) && add_number(env, exports, "resultsCount", RESULTS_COUNT);
  return added ? exports : NULL;
}
