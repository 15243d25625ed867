/* What every compiled part needs to speak with Node.js. */
#ifndef HOTKEEP_NODE_CALLS_H
#define HOTKEEP_NODE_CALLS_H

#include <node_api.h>
#include <stdbool.h>
#include <stdint.h>

/* Not every part uses all of it. */
#define MAYBE_UNUSED __attribute__((unused))

/* A number as TypeScript's value; NULL after an exception. */
MAYBE_UNUSED static napi_value number(napi_env env, int64_t value) {
  napi_value result;
  return napi_create_int64(env, value, &result) == napi_ok ? result : NULL;
}

/* Calls TypeScript from the event loop with a number. An exception goes where an uncaught one goes. */
MAYBE_UNUSED static void tell(napi_env env, napi_async_context context, napi_ref listener, int64_t value) {
  napi_value function, receiver, argument, error;
  if (napi_get_reference_value(env, listener, &function) != napi_ok || function == NULL) return;
  if (napi_get_global(env, &receiver) != napi_ok || (argument = number(env, value)) == NULL) return;
  if (napi_make_callback(env, context, receiver, function, 1, &argument, NULL) == napi_ok) return;
  bool pending = false;
  if (napi_is_exception_pending(env, &pending) != napi_ok || !pending) return;
  if (napi_get_and_clear_last_exception(env, &error) == napi_ok) napi_fatal_exception(env, error);
}

MAYBE_UNUSED static bool add_function(napi_env env, napi_value exports, const char *name, napi_callback call) {
  napi_value function;
  return napi_create_function(env, name, NAPI_AUTO_LENGTH, call, NULL, &function) == napi_ok &&
         napi_set_named_property(env, exports, name, function) == napi_ok;
}

MAYBE_UNUSED static bool add_number(napi_env env, napi_value exports, const char *name, uint32_t value) {
  napi_value constant;
  return napi_create_uint32(env, value, &constant) == napi_ok &&
         napi_set_named_property(env, exports, name, constant) == napi_ok;
}

#endif
