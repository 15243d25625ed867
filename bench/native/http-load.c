/*
 * A load generator for HTTP/1.1 that costs little itself: one thread, epoll, keep-alive connections with one request in
 * flight each, requests encoded and signed beforehand.
 *
 *   http-load ADDRESS PORT CONNECTIONS WARM_SECONDS SECONDS REQUESTS_FILE
 *
 * The file holds requests one after the other, each after its length in four big-endian bytes. Connections take turns
 * through them and start over at the end. Every answer must be a 200 with a Content-Length; anything else ends the run
 * with the answer on standard error. What comes back during WARM_SECONDS is not counted. Prints one line:
 *   counted seconds p50_us p99_us answered_in_all
 */
#include "load-sockets.h"

enum { BUCKETS = 4000000, HEAD_BYTES_MAX = 8192, READ_BYTES = 1 << 18 };

struct connection {
  int fd;
  uint64_t sent_at;
  size_t head_bytes; /* of the answer's head, kept in `head` until it is whole */
  size_t body_left;
  int in_body;
  char head[HEAD_BYTES_MAX];
};

struct request {
  const char *bytes;
  size_t length;
};

static uint32_t histogram[BUCKETS]; /* by microsecond */

static struct request *read_requests(const char *path, size_t *count) {
  size_t length;
  const char *bytes = read_file(path, &length);
  size_t room = 1024;
  struct request *requests = malloc(room * sizeof *requests);
  *count = 0;
  for (size_t at = 0; at + 4 <= length;) {
    uint32_t size;
    memcpy(&size, bytes + at, 4);
    size = ntohl(size);
    at += 4;
    if (size > length - at) break;
    if (*count == room) requests = realloc(requests, (room *= 2) * sizeof *requests);
    requests[(*count)++] = (struct request){bytes + at, size};
    at += size;
  }
  return requests;
}

static void refuse(const struct connection *c, const char *why, const char *more, size_t more_bytes) {
  fprintf(stderr, "http-load: %s\n%.*s%.*s\n", why, (int)c->head_bytes, c->head, (int)(more_bytes < 2000 ? more_bytes : 2000), more);
  exit(1);
}

/* Takes in a chunk; returns how many answers it completed (0 or 1: one request is in flight). */
static int take(struct connection *c, const char *chunk, size_t length) {
  if (!c->in_body) {
    size_t before = c->head_bytes, copied = length;
    if (copied > sizeof c->head - 1 - before) copied = sizeof c->head - 1 - before;
    memcpy(c->head + before, chunk, copied);
    c->head_bytes += copied;
    c->head[c->head_bytes] = 0;
    char *end = strstr(c->head, "\r\n\r\n");
    if (!end) {
      if (c->head_bytes == sizeof c->head - 1) refuse(c, "the answer's head is too long", "", 0);
      return 0;
    }
    size_t head = (size_t)(end - c->head) + 4, used = head - before;
    if (strncmp(c->head, "HTTP/1.1 200", 12) != 0) refuse(c, "an answer is not 200:", chunk + copied, length - copied);
    *end = 0;
    char *size = strcasestr(c->head, "\ncontent-length:");
    if (!size) refuse(c, "an answer has no Content-Length:", "", 0);
    c->body_left = (size_t)strtoul(size + 16, NULL, 10);
    c->in_body = 1;
    chunk += used;
    length -= used;
  }
  if (length > c->body_left) refuse(c, "an answer is longer than it says", chunk, length);
  c->body_left -= length;
  if (c->body_left > 0) return 0;
  c->in_body = 0;
  c->head_bytes = 0;
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 7) {
    fprintf(stderr, "usage: http-load ADDRESS PORT CONNECTIONS WARM_SECONDS SECONDS REQUESTS_FILE\n");
    return 2;
  }
  int count = atoi(argv[3]);
  double warm = atof(argv[4]), seconds = atof(argv[5]);
  size_t request_count, next = 0;
  struct request *requests = read_requests(argv[6], &request_count);
  if (count < 1 || count > CONNECTIONS_MAX || request_count == 0) {
    fprintf(stderr, "http-load: an argument is out of range\n");
    return 2;
  }
  struct connection *connections = calloc((size_t)count, sizeof *connections);
  int poll_fd = epoll_create1(0);
  struct sockaddr_in peer = address_of(argv[1], argv[2]);
  for (int i = 0; i < count; i++) connections[i].fd = open_connection(poll_fd, peer, "", 0, &connections[i]);
  uint64_t begin = now_ns(), counted_from = begin + (uint64_t)(warm * 1e9);
  uint64_t end = counted_from + (uint64_t)(seconds * 1e9), counted = 0, answered = 0, now = begin;
  for (int i = 0; i < count; i++) {
    connections[i].sent_at = begin;
    send_all(connections[i].fd, requests[next].bytes, requests[next].length);
    next = (next + 1) % request_count;
  }
  static char chunk[READ_BYTES];
  struct epoll_event events[EVENTS_MAX];
  while (now < end) {
    int ready = epoll_wait(poll_fd, events, EVENTS_MAX, 10000);
    if (ready == 0) {
      fprintf(stderr, "http-load: no answer for ten seconds\n");
      return 1;
    }
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      size_t n = receive("http-load", c->fd, chunk, sizeof chunk);
      if (n == 0) continue;
      if (!take(c, chunk, n)) continue;
      now = now_ns();
      answered++;
      if (now >= counted_from) {
        uint64_t us = (now - c->sent_at) / 1000;
        counted++;
        count_time(histogram, BUCKETS, us);
      }
      c->sent_at = now;
      send_all(c->fd, requests[next].bytes, requests[next].length);
      next = (next + 1) % request_count;
    }
    now = now_ns();
  }
  printf("%llu %.6f %llu %llu %llu\n", (unsigned long long)counted, (double)(now - counted_from) / 1e9,
         (unsigned long long)percentile(histogram, BUCKETS, counted, 0.50),
         (unsigned long long)percentile(histogram, BUCKETS, counted, 0.99),
         (unsigned long long)answered);
  return 0;
}
