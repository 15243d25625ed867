/*
 * A load generator that costs little itself, so that the server under test is what is measured: one thread, epoll,
 * many non-blocking connections, each with a fixed number of pre-encoded requests in flight.
 *
 *   load ADDRESS PORT CONNECTIONS IN_FLIGHT SECONDS PREAMBLE_FILE REQUESTS_FILE REQUEST_BYTES RESPONSE_BYTES [RATE]
 *
 * The requests file has requests of REQUEST_BYTES each. Every connection sends the preamble file once, then keeps
 * IN_FLIGHT requests unanswered; all take their requests from the file in turn, from its start again at its end.
 * Every response must be RESPONSE_BYTES long. With RATE no more than so many requests a second are sent; without it, as
 * many as are answered. The first half second is not counted. Prints one line:
 *   requests seconds p50_us p99_us
 */
#include "load-sockets.h"

enum { IN_FLIGHT_MAX = 1024, BUCKETS = 200000, READ_BYTES = 1 << 16 };

struct connection {
  int fd;
  size_t pending; /* bytes of the response that is coming in */
  uint64_t sent_at[IN_FLIGHT_MAX];
  unsigned head, tail; /* of sent_at: the oldest request, and where the next one goes */
};

static struct connection *connections;
static uint32_t histogram[BUCKETS]; /* by microsecond */

/* All requests, `requests_count` of them, and the one that is next. */
static char *requests;
static size_t request_bytes, requests_count, request_next;

static void send_requests(int fd, int count) {
  while (count > 0) {
    size_t left = requests_count - request_next, now = (size_t)count < left ? (size_t)count : left;
    send_all(fd, requests + request_next * request_bytes, now * request_bytes);
    request_next = (request_next + now) % requests_count;
    count -= (int)now;
  }
}

/* Repeats the file's requests until a burst of them is one piece. */
static void repeat_requests(int burst) {
  size_t copies = ((size_t)burst + requests_count - 1) / requests_count;
  if (copies < 2) return;
  char *repeated = malloc(copies * requests_count * request_bytes);
  for (size_t i = 0; i < copies; i++)
    memcpy(repeated + i * requests_count * request_bytes, requests, requests_count * request_bytes);
  requests = repeated;
  requests_count *= copies;
}

int main(int argc, char **argv) {
  if (argc != 10 && argc != 11) {
    fprintf(stderr,
            "usage: load ADDRESS PORT CONNECTIONS IN_FLIGHT SECONDS PREAMBLE REQUESTS REQUEST_BYTES RESPONSE_BYTES "
            "[RATE]\n");
    return 2;
  }
  int count = atoi(argv[3]), in_flight = atoi(argv[4]);
  double seconds = atof(argv[5]), rate = argc == 11 ? atof(argv[10]) : 0;
  size_t preamble_bytes, file_bytes, response_bytes = (size_t)atol(argv[9]);
  char *preamble = read_file(argv[6], &preamble_bytes);
  requests = read_file(argv[7], &file_bytes);
  request_bytes = (size_t)atol(argv[8]);
  if (count < 1 || count > CONNECTIONS_MAX || in_flight < 1 || in_flight > IN_FLIGHT_MAX || response_bytes < 1 ||
      request_bytes < 1 || file_bytes < request_bytes || file_bytes % request_bytes != 0) {
    fprintf(stderr, "load: an argument is out of range\n");
    return 2;
  }
  requests_count = file_bytes / request_bytes;
  repeat_requests(in_flight);

  connections = calloc((size_t)count, sizeof *connections);
  int poll_fd = epoll_create1(0);
  struct sockaddr_in peer = address_of(argv[1], argv[2]);
  for (int i = 0; i < count; i++)
    connections[i].fd = open_connection(poll_fd, peer, preamble, preamble_bytes, &connections[i]);
  /* Connections that may send one more request and wait for their turn; a ring. */
  size_t ring_size = (size_t)count * (size_t)in_flight, ring_first = 0, ring_filled = 0;
  struct connection **ring = calloc(ring_size, sizeof *ring);
  uint64_t begin = now_ns(), counted_from = begin + 500000000u;
  uint64_t end = counted_from + (uint64_t)(seconds * 1e9), counted = 0, now = begin;
  double paced = 0;
  for (int i = 0; i < count; i++) {
    if (rate > 0) {
      for (int k = 0; k < in_flight; k++) ring[ring_filled++] = &connections[i];
      continue;
    }
    for (int k = 0; k < in_flight; k++) connections[i].sent_at[k] = begin;
    send_requests(connections[i].fd, in_flight);
  }
  static char chunk[READ_BYTES];
  struct epoll_event events[EVENTS_MAX];
  while (now < end) {
    for (now = now_ns(); ring_filled > 0 && paced < (double)(now - begin) * rate / 1e9; paced++, ring_filled--) {
      struct connection *c = ring[ring_first];
      ring_first = (ring_first + 1) % ring_size;
      c->sent_at[c->tail] = now;
      c->tail = (c->tail + 1) % (unsigned)in_flight;
      send_requests(c->fd, 1);
    }
    int ready = epoll_wait(poll_fd, events, EVENTS_MAX, ring_filled > 0 ? 1 : 1000);
    now = now_ns();
    if (ready == 0 && ring_filled == 0) {
      fprintf(stderr, "load: no response for a second\n");
      return 1;
    }
    for (int i = 0; i < ready; i++) {
      struct connection *c = events[i].data.ptr;
      size_t n = receive("load", c->fd, chunk, sizeof chunk);
      if (n == 0) continue;
      c->pending += n;
      now = now_ns();
      int answered = 0;
      while (c->pending >= response_bytes) {
        c->pending -= response_bytes;
        uint64_t us = (now - c->sent_at[c->head]) / 1000;
        if (rate == 0) c->sent_at[c->head] = now;
        c->head = (c->head + 1) % (unsigned)in_flight;
        if (now >= counted_from) {
          counted++;
          count_time(histogram, BUCKETS, us);
        }
        answered++;
      }
      if (rate > 0) {
        for (; answered > 0; answered--, ring_filled++) ring[(ring_first + ring_filled) % ring_size] = c;
      }
      while (answered > 0) {
        int batch = answered < in_flight ? answered : in_flight;
        send_requests(c->fd, batch);
        answered -= batch;
      }
    }
  }
  printf("%llu %.6f %llu %llu\n", (unsigned long long)counted, (double)(now - counted_from) / 1e9,
         (unsigned long long)percentile(histogram, BUCKETS, counted, 0.50),
         (unsigned long long)percentile(histogram, BUCKETS, counted, 0.99));
  return 0;
}
