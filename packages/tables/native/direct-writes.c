/*
 * Writes to a file that go to the disk past the system's cache, without a thread: Linux's own asynchronous I/O, whose
 * completion wakes Node's event loop through an eventfd. One write at a time. What to do when one fails or falls short
 * is decided on the other side, in direct-writes.ts.
 *
 * Rules of safety. A number from TypeScript is checked before it is used. The memory of the write under way is held
 * by a reference until the kernel is done with it; whoever closes, or ends the environment, waits for that. The file
 * may be closed meanwhile: the kernel holds it.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <errno.h>
#include <linux/aio_abi.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>
#include "node-calls.h"

/* Bumped with every change of the calls, so that an old build is not used by mistake. */
enum { CONTRACT = 1 };

struct writes {
  uv_poll_t poll;
  napi_env env;
  napi_ref done;
  napi_ref bytes; /* of the write under way */
  napi_async_context context;
  napi_async_cleanup_hook_handle hook;
  aio_context_t aio;
  int event_fd;
  bool closed;
  unsigned holders; /* the event loop and the value that TypeScript holds: the last one frees */
};

static void let_go(struct writes *w) {
  if (--w->holders == 0) free(w);
}

/* ---- completion ---- */

static void release_bytes(struct writes *w) {
  if (w->bytes != NULL) napi_delete_reference(w->env, w->bytes);
  w->bytes = NULL;
}

/* Whether the write under way is over by now, and what became of it. */
static bool take_completion(struct writes *w, int64_t *result) {
  struct io_event event;
  struct timespec now = {0};
  if (syscall(SYS_io_getevents, w->aio, 1L, 1L, &event, &now) != 1) return false;
  *result = event.res;
  return true;
}

static void on_ready(uv_poll_t *poll, int status, int events) {
  (void)status;
  (void)events;
  struct writes *w = poll->data;
  uint64_t count;
  int64_t result;
  /* A write that was over when it had hardly begun was taken then, and its event is left. */
  if (read(w->event_fd, &count, sizeof count) < 0 || !take_completion(w, &result)) return;
  napi_handle_scope scope;
  if (napi_open_handle_scope(w->env, &scope) != napi_ok) return;
  release_bytes(w);
  uv_unref((uv_handle_t *)&w->poll);
  tell(w->env, w->context, w->done, result);
  napi_close_handle_scope(w->env, scope);
}

/* ---- closing ---- */

static void on_closed(uv_handle_t *handle) {
  struct writes *w = handle->data;
  if (w->hook != NULL) napi_remove_async_cleanup_hook(w->hook);
  let_go(w);
}

static void close_all(struct writes *w) {
  if (w->closed) return;
  w->closed = true;
  syscall(SYS_io_destroy, w->aio); /* waits for the write under way */
  release_bytes(w);
  uv_poll_stop(&w->poll);
  close(w->event_fd);
  napi_delete_reference(w->env, w->done);
  napi_async_destroy(w->env, w->context);
  uv_close((uv_handle_t *)&w->poll, on_closed);
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
  napi_throw_range_error(env, "ERR_HOTKEEP_WRITES", message);
  return false;
}

/* Reads exactly `count` arguments and the writes, which are the first of them. */
static bool arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values, struct writes **w) {
  size_t given = count;
  void *data;
  if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok || given != count) {
    return fail(env, "wrong number of arguments");
  }
  if (napi_get_value_external(env, values[0], &data) != napi_ok) return fail(env, "not the writes");
  *w = data;
  return (*w)->closed ? fail(env, "the writes are closed") : true;
}

/*
 * write(writes, file, bytes, at): begins to write bytes at a place in the file. 0: it is under way, `done` will be
 * called with the bytes written or a negative errno. Otherwise that is the answer, and nothing is under way.
 */
static napi_value call_write(napi_env env, napi_callback_info info) {
  napi_value values[4];
  struct writes *w;
  int32_t file;
  int64_t at;
  void *bytes;
  size_t length;
  if (!arguments(env, info, 4, values, &w)) return NULL;
  if (napi_get_value_int32(env, values[1], &file) != napi_ok || file < 0 ||
      napi_get_buffer_info(env, values[2], &bytes, &length) != napi_ok || length == 0 ||
      napi_get_value_int64(env, values[3], &at) != napi_ok || at < 0) {
    fail(env, "an argument of write is out of range");
    return NULL;
  }
  if (w->bytes != NULL) return number(env, -EBUSY);
  if (napi_create_reference(env, values[2], 1, &w->bytes) != napi_ok) return number(env, -ENOMEM);
  struct iocb write = {
      .aio_lio_opcode = IOCB_CMD_PWRITE,
      .aio_fildes = (uint32_t)file,
      .aio_buf = (uint64_t)(uintptr_t)bytes,
      .aio_nbytes = length,
      .aio_offset = at,
      .aio_flags = IOCB_FLAG_RESFD,
      .aio_resfd = (uint32_t)w->event_fd,
  };
  struct iocb *list[] = {&write};
  long begun = syscall(SYS_io_submit, w->aio, 1L, list);
  if (begun != 1) {
    int reason = begun < 0 ? errno : EAGAIN;
    release_bytes(w);
    return number(env, -reason);
  }
  int64_t result;
  if (take_completion(w, &result)) {
    release_bytes(w);
    return number(env, result);
  }
  uv_ref((uv_handle_t *)&w->poll); /* the process does not end before it is over */
  return number(env, 0);
}

/* close(writes): waits for the write under way, of which nothing more is heard; no further calls. */
static napi_value call_close(napi_env env, napi_callback_info info) {
  napi_value values[1];
  struct writes *w;
  if (arguments(env, info, 1, values, &w)) close_all(w);
  return NULL;
}

/* open(done): the writes, or a negative errno. */
static napi_value call_open(napi_env env, napi_callback_info info) {
  napi_value values[1], result, name;
  size_t given = 1;
  napi_valuetype type;
  uv_loop_t *loop;
  if (napi_get_cb_info(env, info, &given, values, NULL, NULL) != napi_ok || given != 1 ||
      napi_typeof(env, values[0], &type) != napi_ok || type != napi_function) {
    fail(env, "an argument of open is out of range");
    return NULL;
  }
  struct writes *w = calloc(1, sizeof *w);
  if (w == NULL) return number(env, -ENOMEM);
  w->env = env;
  int status;
  w->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (w->event_fd < 0) {
    status = -errno;
    goto failed;
  }
  if (syscall(SYS_io_setup, 1L, &w->aio) < 0) {
    status = -errno;
    goto failed;
  }
  status = -EINVAL;
  if (napi_get_uv_event_loop(env, &loop) != napi_ok ||
      napi_create_string_utf8(env, "hotkeep:writes", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_reference(env, values[0], 1, &w->done) != napi_ok ||
      napi_async_init(env, NULL, name, &w->context) != napi_ok) {
    goto failed;
  }
  status = uv_poll_init(loop, &w->poll, w->event_fd);
  if (status < 0) goto failed;
  w->poll.data = w;
  w->holders = 1; /* the event loop */
  status = uv_poll_start(&w->poll, UV_READABLE, on_ready);
  uv_unref((uv_handle_t *)&w->poll);
  if (status == 0 && napi_add_async_cleanup_hook(env, on_environment_end, w, &w->hook) != napi_ok) status = -ENOMEM;
  if (status == 0 && napi_create_external(env, w, on_value_gone, NULL, &result) != napi_ok) status = -ENOMEM;
  if (status < 0) {
    close_all(w);
    return number(env, status);
  }
  w->holders++;
  return result;

failed:
  if (w->context != NULL) napi_async_destroy(env, w->context);
  if (w->done != NULL) napi_delete_reference(env, w->done);
  if (w->aio != 0) syscall(SYS_io_destroy, w->aio);
  if (w->event_fd >= 0) close(w->event_fd);
  free(w);
  return number(env, status);
}

/* ---- the module ---- */

NAPI_MODULE_INIT() {
  bool added = add_function(env, exports, "open", call_open) && add_function(env, exports, "write", call_write) &&
               add_function(env, exports, "close", call_close) && add_number(env, exports, "contract", CONTRACT);
  return added ? exports : NULL;
}
