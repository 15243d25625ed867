/*
 * Sockets of the batched transport: one epoll set inside Node's event loop. A turn takes everything that is ready,
 * reads it into one region of memory shared with TypeScript, calls TypeScript once, and sends what it answers with one
 * call back. All policy (who may connect, what waits for a slow peer, when to close) is on the other side, in
 * batched-transport.ts; nothing here allocates after `open`.
 *
 * Rules of safety. A number from TypeScript is checked before it is used. No pointer into TypeScript's memory is kept
 * from one call to the next: the region is looked up anew for every use. A slot is given out again only in a later
 * turn than the one in which it was dropped, so events of one turn never reach the wrong connection.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>
#include <uv.h>
#include "node-calls.h"

/* Bumped with every change of the calls or of the region's layout, so that an old build is not used by mistake. */
enum { CONTRACT = 2 };

enum {
  READY_MAX = 256,   /* sockets served in one turn */
  ACCEPTS_MAX = 64,  /* connections accepted in one turn */
  EVENTS_MAX = 3 * READY_MAX + ACCEPTS_MAX + 1,
  OUTPUTS_MAX = 4096,
  SOURCES_MAX = 256, /* pieces of TypeScript's memory that the outputs of one call may lie in */
  PIECES_MAX = 64,   /* outputs of one connection sent at a time */
  TURNS_MAX = 4, /* turns before timers and everything else in the process get theirs */
  ENTRY_INTS = 4,
  OUTPUT_INTS = 5,
  READ_BYTES_MAX = 64 * 1024, /* of one socket in one turn */
  READ_BYTES_MIN = 4 * 1024,  /* a socket that finds less room waits for the next turn */
  INPUT_BYTES = 1024 * 1024,
  OUTPUT_BYTES = 256 * 1024
};

/*
 * The region: events [kind, slot, offset, length], outputs [slot, source, offset, length, result], then input and
 * output. Source 0 is the region's output, the others are buffers that `flush` is given.
 */
enum {
  EVENTS_AT = 0,
  OUTPUTS_AT = EVENTS_AT + EVENTS_MAX * ENTRY_INTS * 4,
  INPUT_AT = OUTPUTS_AT + OUTPUTS_MAX * OUTPUT_INTS * 4,
  OUTPUT_AT = INPUT_AT + INPUT_BYTES,
  REGION_BYTES = OUTPUT_AT + OUTPUT_BYTES
};

enum event_kind {
  ACCEPTED = 1,      /* input holds the peer's address as text */
  RECEIVED = 2,      /* input holds bytes */
  ENDED = 3,         /* the peer has sent FIN and is not read any more */
  GONE = 4,          /* the connection has failed and is not watched any more */
  WRITABLE = 5,
  ACCEPT_FAILED = 6, /* length: the errno; the listener waits for `accepting` */
};

enum { WATCH_READ = 1, WATCH_WRITE = 2 };

#define LISTENER UINT64_MAX
#define NO_SLOT UINT32_MAX

struct slot {
  int fd; /* -1: free */
  uint32_t interest;
  uint32_t next_free;
};

struct sockets {
  uv_poll_t poll;
  napi_env env;
  napi_ref ready;
  napi_ref region;
  napi_async_context context;
  napi_async_cleanup_hook_handle hook;
  int epoll_fd;
  int listen_fd;
  bool listener_armed;
  bool wants_slot; /* the listener waits until a slot is free */
  bool closed;
  unsigned holders; /* the event loop and the value that TypeScript holds: the last one frees */
  uint32_t slots_max;
  uint32_t slots_used; /* slots from here on were never taken */
  uint32_t free_first;
  struct slot *slots;
};

/* One turn's view of the region, valid until the next call into TypeScript. */
struct turn {
  uint8_t *bytes;
  int32_t *events;
  uint32_t count;
  uint32_t input_used;
};

static void let_go(struct sockets *s) {
  if (--s->holders > 0) return;
  free(s->slots);
  free(s);
}

static void close_checked(int *fd) {
  if (*fd >= 0) close(*fd); /* whatever it answers, Linux has closed it */
  *fd = -1;
}

static uint8_t *region_of(struct sockets *s) {
  napi_value value;
  void *bytes;
  size_t length;
  if (napi_get_reference_value(s->env, s->region, &value) != napi_ok || value == NULL) return NULL;
  if (napi_get_arraybuffer_info(s->env, value, &bytes, &length) != napi_ok) return NULL;
  return length == REGION_BYTES ? bytes : NULL; /* a detached buffer has no length */
}

/* ---- epoll ---- */

static int arm_listener(struct sockets *s, bool on) {
  if (s->listen_fd < 0 || s->listener_armed == on) return 0;
  struct epoll_event event = {.events = on ? EPOLLIN : 0, .data.u64 = LISTENER};
  if (epoll_ctl(s->epoll_fd, EPOLL_CTL_MOD, s->listen_fd, &event) < 0) return -errno;
  s->listener_armed = on;
  return 0;
}

/*
 * A socket that is only read is watched by edges: the kernel looks at it once a request instead of twice or three times.
 * Whoever leaves something unread must watch it anew, which looks at it again.
 */
static uint32_t watched(uint32_t interest) {
  return interest == EPOLLIN ? (uint32_t)EPOLLIN | (uint32_t)EPOLLRDHUP | (uint32_t)EPOLLET : interest;
}

static int watch_anew(struct sockets *s, uint32_t index) {
  struct slot *slot = &s->slots[index];
  struct epoll_event event = {.events = watched(slot->interest), .data.u64 = index};
  return epoll_ctl(s->epoll_fd, EPOLL_CTL_MOD, slot->fd, &event) < 0 ? -errno : 0;
}

static int set_interest(struct sockets *s, uint32_t index, uint32_t interest) {
  struct slot *slot = &s->slots[index];
  if (slot->interest == interest) return 0;
  slot->interest = interest;
  return watch_anew(s, index);
}

static void forget(struct sockets *s, uint32_t index) {
  /* Explicitly, not by closing: a child between fork and exec may hold the socket open a moment longer. */
  epoll_ctl(s->epoll_fd, EPOLL_CTL_DEL, s->slots[index].fd, NULL);
  s->slots[index].interest = 0;
}

static void drop_slot(struct sockets *s, uint32_t index) {
  struct slot *slot = &s->slots[index];
  forget(s, index);
  close_checked(&slot->fd);
  slot->next_free = s->free_first;
  s->free_first = index;
  if (s->wants_slot && arm_listener(s, true) == 0) s->wants_slot = false;
}

static uint32_t take_slot(struct sockets *s, int fd) {
  uint32_t index = s->free_first;
  if (index != NO_SLOT) s->free_first = s->slots[index].next_free;
  else if (s->slots_used < s->slots_max) index = s->slots_used++;
  else return NO_SLOT;
  s->slots[index] = (struct slot){.fd = fd, .interest = EPOLLIN, .next_free = NO_SLOT};
  return index;
}

/* ---- a turn ---- */

static bool add_event(struct turn *t, enum event_kind kind, uint32_t slot, uint32_t offset, uint32_t length) {
  if (t->count >= EVENTS_MAX) return false;
  int32_t *entry = t->events + (size_t)t->count * ENTRY_INTS;
  entry[0] = (int32_t)kind;
  entry[1] = (int32_t)slot;
  entry[2] = (int32_t)offset;
  entry[3] = (int32_t)length;
  t->count++;
  return true;
}

static uint32_t address_text(const struct sockaddr_storage *peer, char *text, size_t room) {
  const void *address = peer->ss_family == AF_INET6 ? (const void *)&((const struct sockaddr_in6 *)peer)->sin6_addr
                                                    : (const void *)&((const struct sockaddr_in *)peer)->sin_addr;
  if (inet_ntop(peer->ss_family, address, text, (socklen_t)room) == NULL) return 0;
  return (uint32_t)strlen(text);
}

static void accept_ready(struct sockets *s, struct turn *t) {
  for (int i = 0; i < ACCEPTS_MAX && s->listen_fd >= 0; i++) {
    if (s->free_first == NO_SLOT && s->slots_used >= s->slots_max) {
      if (arm_listener(s, false) == 0) s->wants_slot = true;
      return;
    }
    if (INPUT_BYTES - t->input_used < INET6_ADDRSTRLEN) return;
    struct sockaddr_storage peer;
    socklen_t peer_bytes = sizeof peer;
    memset(&peer, 0, sizeof peer);
    int fd = accept4(s->listen_fd, (struct sockaddr *)&peer, &peer_bytes, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      if (errno == EAGAIN || errno == EWOULDBLOCK) return;
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        int reason = errno;
        if (arm_listener(s, false) == 0) add_event(t, ACCEPT_FAILED, 0, 0, (uint32_t)reason);
        return;
      }
      continue; /* that one peer has gone already, or a signal came */
    }
    char *text = (char *)t->bytes + INPUT_AT + t->input_used;
    uint32_t length = address_text(&peer, text, INET6_ADDRSTRLEN);
    uint32_t index = length == 0 ? NO_SLOT : take_slot(s, fd);
    if (index == NO_SLOT) {
      close(fd);
      continue;
    }
    struct epoll_event event = {.events = watched(EPOLLIN), .data.u64 = index};
    if (epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ||
        !add_event(t, ACCEPTED, index, t->input_used, length)) {
      drop_slot(s, index);
      continue;
    }
    t->input_used += length;
  }
}

static void gone(struct sockets *s, struct turn *t, uint32_t index) {
  forget(s, index);
  add_event(t, GONE, index, 0, 0);
}

static void serve_ready(struct sockets *s, struct turn *t, uint32_t index, uint32_t events) {
  struct slot *slot = &s->slots[index];
  if (slot->fd < 0) return;
  if (events & EPOLLOUT) add_event(t, WRITABLE, index, 0, 0);
  if (!(slot->interest & EPOLLIN)) {
    /* Nothing more is read here: the peer has reset, or both sides are shut. */
    if (events & (EPOLLERR | EPOLLHUP)) gone(s, t, index);
    return;
  }
  if (!(events & (EPOLLIN | EPOLLRDHUP | EPOLLERR | EPOLLHUP))) return;
  uint32_t room = INPUT_BYTES - t->input_used;
  if (room < READ_BYTES_MIN) { /* in the next turn */
    if (watch_anew(s, index) < 0) gone(s, t, index);
    return;
  }
  size_t wanted = room < READ_BYTES_MAX ? room : READ_BYTES_MAX;
  ssize_t n;
  do n = recv(slot->fd, t->bytes + INPUT_AT + t->input_used, wanted, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  if (n > 0) {
    if (add_event(t, RECEIVED, index, t->input_used, (uint32_t)n)) t->input_used += (uint32_t)n;
    /* More bytes, a FIN or an error may lie behind these. */
    bool more = (size_t)n == wanted || (events & (EPOLLRDHUP | EPOLLERR | EPOLLHUP));
    if (more && watch_anew(s, index) < 0) gone(s, t, index);
  } else if (n == 0) {
    if (set_interest(s, index, slot->interest & ~(uint32_t)EPOLLIN) < 0) gone(s, t, index);
    else add_event(t, ENDED, index, 0, 0);
  } else if (errno != EAGAIN && errno != EWOULDBLOCK) {
    gone(s, t, index);
  }
}

/* False: nothing was ready. */
static bool take_turn(struct sockets *s) {
  struct turn t = {.bytes = region_of(s)};
  if (t.bytes == NULL) napi_fatal_error("hotkeep", NAPI_AUTO_LENGTH, "the shared region is gone", NAPI_AUTO_LENGTH);
  t.events = (int32_t *)(t.bytes + EVENTS_AT);
  struct epoll_event ready[READY_MAX];
  int n = epoll_wait(s->epoll_fd, ready, READY_MAX, 0);
  if (n <= 0) return false; /* EINTR: the loop comes again, the set is still ready */
  bool listener = false;
  for (int i = 0; i < n; i++) {
    if (ready[i].data.u64 == LISTENER) listener = true;
    else if (ready[i].data.u64 < s->slots_used) serve_ready(s, &t, (uint32_t)ready[i].data.u64, ready[i].events);
  }
  /* Last, so that no slot means two connections within a turn. */
  if (listener) accept_ready(s, &t);
  if (t.count > 0) tell(s->env, s->context, s->ready, t.count);
  return true;
}

static void on_ready(uv_poll_t *poll, int status, int events) {
  (void)status;
  (void)events;
  struct sockets *s = poll->data;
  for (int i = 0; i < TURNS_MAX && !s->closed; i++) {
    napi_handle_scope scope;
    if (napi_open_handle_scope(s->env, &scope) != napi_ok) return;
    bool more = take_turn(s);
    napi_close_handle_scope(s->env, scope);
    if (!more) return;
  }
}

/* ---- closing ---- */

static void on_closed(uv_handle_t *handle) {
  struct sockets *s = handle->data;
  if (s->hook != NULL) napi_remove_async_cleanup_hook(s->hook);
  let_go(s);
}

static void close_all(struct sockets *s) {
  if (s->closed) return;
  s->closed = true;
  uv_poll_stop(&s->poll);
  for (uint32_t i = 0; i < s->slots_used; i++) {
    if (s->slots[i].fd >= 0) drop_slot(s, i);
  }
  close_checked(&s->listen_fd);
  close_checked(&s->epoll_fd);
  napi_delete_reference(s->env, s->ready);
  napi_delete_reference(s->env, s->region);
  napi_async_destroy(s->env, s->context);
  uv_close((uv_handle_t *)&s->poll, on_closed);
}

static void on_environment_end(napi_async_cleanup_hook_handle hook, void *data) {
  (void)hook;
  close_all(data); /* if that has begun already, on_closed follows all the same and removes the hook */
}

static void on_value_gone(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  let_go(data);
}

/* ---- calls from TypeScript ---- */

static bool fail(napi_env env, const char *message) {
  napi_throw_range_error(env, "ERR_HOTKEEP_SOCKETS", message);
  return false;
}

/* Reads exactly `count` arguments and the sockets, which are the first of them. */
static bool arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values, struct sockets **s) {
  size_t given = count;
  void *data;
  if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok || given != count) {
    return fail(env, "wrong number of arguments");
  }
  if (napi_get_value_external(env, values[0], &data) != napi_ok) return fail(env, "not the sockets");
  *s = data;
  return (*s)->closed ? fail(env, "the sockets are closed") : true;
}

static bool slot_argument(napi_env env, napi_value value, struct sockets *s, uint32_t *index) {
  if (napi_get_value_uint32(env, value, index) != napi_ok || *index >= s->slots_used || s->slots[*index].fd < 0) {
    return fail(env, "no such slot");
  }
  return true;
}

static ssize_t send_now(int fd, const uint8_t *bytes, size_t length) {
  ssize_t n;
  do n = send(fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);
  return n < 0 ? -errno : n;
}

/* send(sockets, slot, bytes, start, end): bytes taken, or a negative errno. */
static napi_value call_send(napi_env env, napi_callback_info info) {
  napi_value values[5];
  struct sockets *s;
  uint32_t index, start, end;
  void *bytes;
  size_t length;
  if (!arguments(env, info, 5, values, &s) || !slot_argument(env, values[1], s, &index)) return NULL;
  if (napi_get_buffer_info(env, values[2], &bytes, &length) != napi_ok ||
      napi_get_value_uint32(env, values[3], &start) != napi_ok ||
      napi_get_value_uint32(env, values[4], &end) != napi_ok || start > end || end > length) {
    fail(env, "not bytes");
    return NULL;
  }
  if (start == end) return number(env, 0);
  return number(env, send_now(s->slots[index].fd, (const uint8_t *)bytes + start, end - start));
}

/* Memory that outputs lie in. */
struct source {
  const uint8_t *bytes;
  size_t length;
};

/* The answer: how many there are, the region's output included; 0 after an exception. */
static uint32_t read_sources(napi_env env, napi_value list, const uint8_t *region, struct source *sources) {
  uint32_t count;
  if (napi_get_array_length(env, list, &count) != napi_ok || count > SOURCES_MAX) {
    fail(env, "not that many sources");
    return 0;
  }
  sources[0] = (struct source){region + OUTPUT_AT, OUTPUT_BYTES};
  for (uint32_t i = 0; i < count; i++) {
    napi_value buffer;
    void *bytes;
    size_t length;
    if (napi_get_element(env, list, i, &buffer) != napi_ok ||
        napi_get_buffer_info(env, buffer, &bytes, &length) != napi_ok) {
      fail(env, "a source is no buffer");
      return 0;
    }
    sources[i + 1] = (struct source){bytes, length};
  }
  return count + 1;
}

/* Sends outputs of one connection; what was taken of each is put behind it. False: not everything was. */
static bool send_pieces(int fd, const struct iovec *pieces, int count, int32_t *output) {
  ssize_t sent;
  if (count == 1) {
    sent = send_now(fd, pieces[0].iov_base, pieces[0].iov_len);
  } else {
    struct msghdr message = {.msg_iov = (struct iovec *)pieces, .msg_iovlen = (size_t)count};
    do sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (sent < 0 && errno == EINTR);
    if (sent < 0) sent = -errno;
  }
  bool all = true;
  for (int i = 0; i < count; i++, output += OUTPUT_INTS) {
    ssize_t length = (ssize_t)pieces[i].iov_len;
    ssize_t taken = sent < length ? sent : length;
    output[4] = (int32_t)taken;
    if (taken < length) all = false;
    if (sent >= 0) sent -= taken;
  }
  return all;
}

/*
 * flush(sockets, count, sources): sends that many outputs, those of one connection that follow one another together,
 * puts what became of each behind it, and returns whether anything fell short.
 */
static napi_value call_flush(napi_env env, napi_callback_info info) {
  napi_value values[3], result;
  struct sockets *s;
  struct source sources[SOURCES_MAX + 1];
  uint32_t count, sources_count, short_slot = NO_SLOT;
  bool fell_short = false;
  if (!arguments(env, info, 3, values, &s)) return NULL;
  uint8_t *bytes = region_of(s);
  if (bytes == NULL || napi_get_value_uint32(env, values[1], &count) != napi_ok || count > OUTPUTS_MAX) {
    fail(env, "not that many outputs");
    return NULL;
  }
  if ((sources_count = read_sources(env, values[2], bytes, sources)) == 0) return NULL;
  int32_t *outputs = (int32_t *)(bytes + OUTPUTS_AT);
  for (uint32_t i = 0; i < count;) {
    struct iovec pieces[PIECES_MAX];
    int32_t *first = outputs + (size_t)i * OUTPUT_INTS;
    uint32_t index = (uint32_t)first[0];
    int n = 0;
    for (int32_t *output = first; n < PIECES_MAX && i < count && (uint32_t)output[0] == index; n++, i++) {
      uint32_t source = (uint32_t)output[1], offset = (uint32_t)output[2], length = (uint32_t)output[3];
      if (source >= sources_count || offset > sources[source].length || length > sources[source].length - offset) {
        fail(env, "an output lies outside of its source");
        return NULL;
      }
      pieces[n] = (struct iovec){(void *)(sources[source].bytes + offset), length};
      output += OUTPUT_INTS;
    }
    /* A connection may have been dropped behind its answer; and nothing goes out behind what could not. */
    int32_t refused = index >= s->slots_used || s->slots[index].fd < 0 ? -EBADF : index == short_slot ? -EAGAIN : 0;
    for (int k = 0; refused != 0 && k < n; k++) first[(size_t)k * OUTPUT_INTS + 4] = refused;
    if (refused != 0 || !send_pieces(s->slots[index].fd, pieces, n, first)) {
      fell_short = true;
      short_slot = index;
    }
  }
  return napi_get_boolean(env, fell_short, &result) == napi_ok ? result : NULL;
}

/* watch(sockets, slot, bits): what to hear of; 0 or a negative errno. */
static napi_value call_watch(napi_env env, napi_callback_info info) {
  napi_value values[3];
  struct sockets *s;
  uint32_t index, bits;
  if (!arguments(env, info, 3, values, &s) || !slot_argument(env, values[1], s, &index)) return NULL;
  if (napi_get_value_uint32(env, values[2], &bits) != napi_ok) {
    fail(env, "not bits");
    return NULL;
  }
  uint32_t interest = (bits & WATCH_READ ? (uint32_t)EPOLLIN : 0) | (bits & WATCH_WRITE ? (uint32_t)EPOLLOUT : 0);
  return number(env, set_interest(s, index, interest));
}

/* finish(sockets, slot): sends FIN; 0 or a negative errno. */
static napi_value call_finish(napi_env env, napi_callback_info info) {
  napi_value values[2];
  struct sockets *s;
  uint32_t index;
  if (!arguments(env, info, 2, values, &s) || !slot_argument(env, values[1], s, &index)) return NULL;
  return number(env, shutdown(s->slots[index].fd, SHUT_WR) < 0 ? -errno : 0);
}

/* drop(sockets, slot): closes one connection and frees its slot. */
static napi_value call_drop(napi_env env, napi_callback_info info) {
  napi_value values[2];
  struct sockets *s;
  uint32_t index;
  if (!arguments(env, info, 2, values, &s) || !slot_argument(env, values[1], s, &index)) return NULL;
  drop_slot(s, index);
  return NULL;
}

/* accepting(sockets): accepts again after ACCEPT_FAILED; 0 or a negative errno. */
static napi_value call_accepting(napi_env env, napi_callback_info info) {
  napi_value values[1];
  struct sockets *s;
  return arguments(env, info, 1, values, &s) ? number(env, arm_listener(s, true)) : NULL;
}

/* port(sockets): the port it listens on, or a negative errno. */
static napi_value call_port(napi_env env, napi_callback_info info) {
  napi_value values[1];
  struct sockets *s;
  if (!arguments(env, info, 1, values, &s)) return NULL;
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  if (getsockname(s->listen_fd, (struct sockaddr *)&address, &length) < 0) return number(env, -errno);
  return number(env, ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                                         : ((struct sockaddr_in *)&address)->sin_port));
}

/* stop(sockets): closes the listening socket. */
static napi_value call_stop(napi_env env, napi_callback_info info) {
  napi_value values[1];
  struct sockets *s;
  if (!arguments(env, info, 1, values, &s)) return NULL;
  if (s->listen_fd >= 0) epoll_ctl(s->epoll_fd, EPOLL_CTL_DEL, s->listen_fd, NULL);
  close_checked(&s->listen_fd);
  return NULL;
}

/* close(sockets): closes everything; no further calls. */
static napi_value call_close(napi_env env, napi_callback_info info) {
  napi_value values[1];
  struct sockets *s;
  if (arguments(env, info, 1, values, &s)) close_all(s);
  return NULL;
}

static int listen_on(struct sockets *s, const char *address, uint32_t port, int backlog) {
  struct sockaddr_storage at;
  memset(&at, 0, sizeof at);
  if (uv_ip4_addr(address, (int)port, (struct sockaddr_in *)&at) != 0 &&
      uv_ip6_addr(address, (int)port, (struct sockaddr_in6 *)&at) != 0) {
    return -EINVAL;
  }
  socklen_t length = at.ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
  int on = 1;
  s->listen_fd = socket(at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (s->listen_fd < 0) return -errno;
  if (setsockopt(s->listen_fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0) return -errno;
  /* Accepted sockets inherit it. */
  if (setsockopt(s->listen_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0) return -errno;
  if (bind(s->listen_fd, (struct sockaddr *)&at, length) < 0) return -errno;
  if (listen(s->listen_fd, backlog) < 0) return -errno;
  struct epoll_event event = {.events = EPOLLIN, .data.u64 = LISTENER};
  if (epoll_ctl(s->epoll_fd, EPOLL_CTL_ADD, s->listen_fd, &event) < 0) return -errno;
  s->listener_armed = true;
  return 0;
}

/* open(address, port, backlog, slotsMax, region, ready): the sockets, or a negative errno. */
static napi_value call_open(napi_env env, napi_callback_info info) {
  napi_value values[6], result, name;
  size_t given = 6, region_bytes, address_bytes;
  char address[64];
  uint32_t port, backlog, slots_max;
  void *region;
  uv_loop_t *loop;
  if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok || given != 6 ||
      napi_get_value_string_utf8(env, values[0], address, sizeof address, &address_bytes) != napi_ok ||
      napi_get_value_uint32(env, values[1], &port) != napi_ok || port > 65535 ||
      napi_get_value_uint32(env, values[2], &backlog) != napi_ok || backlog > 65535 ||
      napi_get_value_uint32(env, values[3], &slots_max) != napi_ok || slots_max < 1 || slots_max > 1u << 24 ||
      napi_get_arraybuffer_info(env, values[4], &region, &region_bytes) != napi_ok || region_bytes != REGION_BYTES) {
    fail(env, "an argument of open is out of range");
    return NULL;
  }
  struct sockets *s = calloc(1, sizeof *s);
  if (s == NULL) return number(env, -ENOMEM);
  *s = (struct sockets){.env = env, .epoll_fd = -1, .listen_fd = -1, .slots_max = slots_max, .free_first = NO_SLOT};
  int status = -ENOMEM;
  s->slots = calloc(slots_max, sizeof *s->slots);
  if (s->slots == NULL) goto failed;
  s->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
  if (s->epoll_fd < 0) {
    status = -errno;
    goto failed;
  }
  status = listen_on(s, address, port, (int)backlog);
  if (status < 0) goto failed;
  status = -EINVAL;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok ||
      napi_create_string_utf8(env, "hotkeep:sockets", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_reference(env, values[5], 1, &s->ready) != napi_ok ||
      napi_create_reference(env, values[4], 1, &s->region) != napi_ok ||
      napi_async_init(env, NULL, name, &s->context) != napi_ok) {
    goto failed;
  }
  status = uv_poll_init(loop, &s->poll, s->epoll_fd);
  if (status < 0) goto failed;
  s->poll.data = s;
  s->holders = 1; /* the event loop */
  status = uv_poll_start(&s->poll, UV_READABLE, on_ready);
  if (status == 0 && napi_add_async_cleanup_hook(env, on_environment_end, s, &s->hook) != napi_ok) status = -ENOMEM;
  if (status == 0 && napi_create_external(env, s, on_value_gone, NULL, &result) != napi_ok) status = -ENOMEM;
  if (status < 0) {
    close_all(s);
    return number(env, status);
  }
  s->holders++;
  return result;

failed:
  if (s->context != NULL) napi_async_destroy(env, s->context);
  if (s->ready != NULL) napi_delete_reference(env, s->ready);
  if (s->region != NULL) napi_delete_reference(env, s->region);
  close_checked(&s->listen_fd);
  close_checked(&s->epoll_fd);
  free(s->slots);
  free(s);
  return number(env, status);
}

/* ---- the module ---- */

NAPI_MODULE_INIT() {
  static const struct {
    const char *name;
    napi_callback call;
  } calls[] = {{"open", call_open},     {"port", call_port},   {"accepting", call_accepting}, {"send", call_send},
               {"flush", call_flush},   {"watch", call_watch}, {"finish", call_finish},       {"drop", call_drop},
               {"stop", call_stop},     {"close", call_close}};
  static const struct {
    const char *name;
    uint32_t value;
  } numbers[] = {{"contract", CONTRACT},     {"outputsMax", OUTPUTS_MAX},   {"eventsMax", EVENTS_MAX},     {"sourcesMax", SOURCES_MAX},
                 {"eventsAt", EVENTS_AT},    {"outputsAt", OUTPUTS_AT},     {"inputAt", INPUT_AT},
                 {"outputAt", OUTPUT_AT},    {"outputBytes", OUTPUT_BYTES}, {"regionBytes", REGION_BYTES}};
  for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
    if (!add_function(env, exports, calls[i].name, calls[i].call)) return NULL;
  }
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    if (!add_number(env, exports, numbers[i].name, numbers[i].value)) return NULL;
  }
  return exports;
}
