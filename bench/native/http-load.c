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
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 4096, BUCKETS = 4000000, HEAD_BYTES_MAX = 8192, READ_BYTES = 1 << 18 };

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

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void send_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);
    if (n < 0) {
      if (errno == EAGAIN || errno == EINTR) continue;
      die("send");
    }
    bytes += n;
    length -= (size_t)n;
  }
}

static struct request *read_requests(const char *path, size_t *count) {
  FILE *file = fopen(path, "rb");
  if (!file) die(path);
  fseek(file, 0, SEEK_END);
  size_t length = (size_t)ftell(file);
  rewind(file);
  char *bytes = malloc(length);
  if (!bytes || fread(bytes, 1, length, file) != length) die(path);
  fclose(file);
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

static uint64_t percentile(uint64_t total, double share) {
  uint64_t wanted = (uint64_t)((double)total * share), seen = 0;
  for (uint64_t us = 0; us < BUCKETS; us++) {
    seen += histogram[us];
    if (seen > wanted) return us;
  }
  return BUCKETS;
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
  struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[2]))};
  if (inet_pton(AF_INET, argv[1], &peer.sin_addr) != 1) die("address");
  for (int i = 0; i < count; i++) {
    struct connection *c = &connections[i];
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    int one = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(c->fd, (struct sockaddr *)&peer, sizeof peer) < 0) die("connect");
    fcntl(c->fd, F_SETFL, fcntl(c->fd, F_GETFL) | O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, c->fd, &event);
  }
  uint64_t begin = now_ns(), counted_from = begin + (uint64_t)(warm * 1e9);
  uint64_t end = counted_from + (uint64_t)(seconds * 1e9), counted = 0, answered = 0, now = begin;
  for (int i = 0; i < count; i++) {
    connections[i].sent_at = begin;
    send_all(connections[i].fd, requests[next].bytes, requests[next].length);
    next = (next + 1) % request_count;
  }
  static char chunk[READ_BYTES];
  struct epoll_event events[512];
  while (now < end) {
    int ready = epoll_wait(poll_fd, events, 512, 10000);
    if (ready == 0) {
      fprintf(stderr, "http-load: no answer for ten seconds\n");
      return 1;
    }
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      ssize_t n = recv(c->fd, chunk, sizeof chunk, 0);
      if (n == 0) {
        fprintf(stderr, "http-load: the server closed a connection\n");
        return 1;
      }
      if (n < 0) {
        if (errno == EAGAIN || errno == EINTR) continue;
        die("recv");
      }
      if (!take(c, chunk, (size_t)n)) continue;
      now = now_ns();
      answered++;
      if (now >= counted_from) {
        uint64_t us = (now - c->sent_at) / 1000;
        counted++;
        histogram[us < BUCKETS ? us : BUCKETS - 1]++;
      }
      c->sent_at = now;
      send_all(c->fd, requests[next].bytes, requests[next].length);
      next = (next + 1) % request_count;
    }
    now = now_ns();
  }
  printf("%llu %.6f %llu %llu %llu\n", (unsigned long long)counted, (double)(now - counted_from) / 1e9,
         (unsigned long long)percentile(counted, 0.50), (unsigned long long)percentile(counted, 0.99),
         (unsigned long long)answered);
  return 0;
}
