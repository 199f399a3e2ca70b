/* Compiler attributes and assertions, the only extensions Muster uses.
 *
 * MU_ASSERT stays in release builds and guards what only our own mistake can
 * break.  Anything from disk, wire, user or clock is an error, never an assert. */
#ifndef MUSTER_COMMON_BASE_CHECK_H
#define MUSTER_COMMON_BASE_CHECK_H

#define MU_MUST_USE           __attribute__((warn_unused_result))
#define MU_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define MU_CLEANUP(function)  __attribute__((cleanup(function)))
#define MU_NORETURN           __attribute__((noreturn))

/* Print the broken expression with its place and abort. */
MU_NORETURN void mu_assert_failed(const char *expression, const char *file, int line);

#define MU_ASSERT(expression) \
    ((expression) ? (void)0 : mu_assert_failed(#expression, __FILE__, __LINE__))

#ifdef NDEBUG
#define MU_DEBUG_ASSERT(expression) ((void)0)
#else
#define MU_DEBUG_ASSERT(expression) MU_ASSERT(expression)
#endif

/* Return early with the status of a failed call. */
#define MU_TRY(call)                     \
    do {                                 \
        enum mu_status mu_try_ = (call); \
        if (mu_try_ != MU_OK) {          \
            return mu_try_;              \
        }                                \
    } while (0)

#endif
