/* Status codes and the message that travels with them.
 *
 * Every fallible Muster function returns enum mu_status.  When a person will
 * need to know why, it also takes a struct mu_error as its last parameter and
 * fills it on failure; on success the struct is left untouched.  Messages are
 * one line, without trailing stop, data in single quotes, never a secret. */
#ifndef MUSTER_COMMON_BASE_ERROR_H
#define MUSTER_COMMON_BASE_ERROR_H

#include "common/base/check.h"

/* Numbers travel on the wire and in files: never change or reuse one. */
#define MU_STATUS_MAP(X)                              \
    X(MU_OK, 0, "success")                            \
    X(MU_E_NOMEM, 1, "out of memory")                 \
    X(MU_E_INVALID, 2, "invalid input")               \
    X(MU_E_NOT_FOUND, 3, "not found")                 \
    X(MU_E_EXISTS, 4, "already exists")               \
    X(MU_E_CONFLICT, 5, "conflicts with newer state") \
    X(MU_E_DENIED, 6, "not allowed")                  \
    X(MU_E_LIMIT, 7, "limit exceeded")                \
    X(MU_E_BUSY, 8, "busy")                           \
    X(MU_E_OFFLINE, 9, "offline")                     \
    X(MU_E_PROTOCOL, 10, "protocol violated")         \
    X(MU_E_VERSION, 11, "version not supported")      \
    X(MU_E_CRYPTO, 12, "cryptographic check failed")  \
    X(MU_E_CORRUPT, 13, "stored data is damaged")     \
    X(MU_E_FULL, 14, "no space left")                 \
    X(MU_E_IO, 15, "input or output failed")          \
    X(MU_E_INTERNAL, 16, "internal error")            \
    X(MU_E_USAGE, 17, "wrong usage")

enum mu_status {
#define X(name, number, text) name = (number),
    MU_STATUS_MAP(X)
#undef X
};

#define MU_ERROR_TEXT_MAX 256

struct mu_error {
    enum mu_status status;
    char text[MU_ERROR_TEXT_MAX]; /* NUL-terminated, outermost context first */
};

/* Text for a status code; static storage, never NULL. */
const char *mu_status_text(enum mu_status status);

/* Set err and return status, so a failure is one line at its source. */
enum mu_status mu_fail(struct mu_error *err, enum mu_status status, const char *fmt, ...)
    MU_PRINTF(3, 4);

/* Put what the caller was doing in front of err's text; returns err's status. */
enum mu_status mu_error_wrap(struct mu_error *err, const char *fmt, ...) MU_PRINTF(2, 3);

/* The static analyzer sees one file at a time: tell it that these never return MU_OK. */
#ifdef __clang_analyzer__
#define mu_fail(err, why, ...) ((void)(mu_fail)((err), (why), __VA_ARGS__), (why))
#define mu_error_wrap(err, ...)                 \
    ((void)(mu_error_wrap)((err), __VA_ARGS__), \
     (err)->status == MU_OK ? MU_E_INTERNAL : (err)->status)
#endif

#endif
