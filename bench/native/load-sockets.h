/* What the load generators share: time, files, non-blocking sockets with epoll, and a histogram by microsecond. */
#ifndef LOAD_SOCKETS_H
#define LOAD_SOCKETS_H

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

enum { CONNECTIONS_MAX = 4096, EVENTS_MAX = 512 };

static inline uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static inline void die(const char *what) {
  perror(what);
  exit(1);
}

static inline char *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (!file) die(path);
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  char *bytes = malloc(*length + 1);
  if (!bytes || fread(bytes, 1, *length, file) != *length) die(path);
  fclose(file);
  return bytes;
}

static inline void send_all(int fd, const char *bytes, size_t length) {
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

static inline struct sockaddr_in address_of(const char *host, const char *port) {
  struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
  if (inet_pton(AF_INET, host, &peer.sin_addr) != 1) die("address");
  return peer;
}

/* Connects, sends the first bytes, and has `poll_fd` say with `owner` when something comes back. */
static inline int open_connection(int poll_fd, struct sockaddr_in peer, const char *first, size_t first_bytes,
                                  void *owner) {
  int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect(fd, (struct sockaddr *)&peer, sizeof peer) < 0) die("connect");
  send_all(fd, first, first_bytes);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = owner};
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event);
  return fd;
}

/* What has come; 0: nothing yet. A server that hangs up ends the run. */
static inline size_t receive(const char *program, int fd, char *chunk, size_t room) {
  ssize_t n = recv(fd, chunk, room, 0);
  if (n == 0) {
    fprintf(stderr, "%s: the server closed a connection\n", program);
    exit(1);
  }
  if (n < 0) {
    if (errno == EAGAIN || errno == EINTR) return 0;
    die("recv");
  }
  return (size_t)n;
}

/* Counts one time in `histogram`; what is too long counts as the longest. */
static inline void count_time(uint32_t *histogram, uint64_t buckets, uint64_t us) {
  histogram[us < buckets ? us : buckets - 1]++;
}

static inline uint64_t percentile(const uint32_t *histogram, uint64_t buckets, uint64_t total, double share) {
  uint64_t wanted = (uint64_t)((double)total * share), seen = 0;
  for (uint64_t us = 0; us < buckets; us++) {
    seen += histogram[us];
    if (seen > wanted) return us;
  }
  return buckets;
}

#endif
