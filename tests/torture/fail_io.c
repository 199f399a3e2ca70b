/* A disk that fails now and then: preloaded, it lets fsync, fdatasync, write and pwrite on regular
 * files fail with EIO, once in MUSTER_FAIL_ONE_IN calls, drawn from MUSTER_FAIL_SEED and the
 * process number. */
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t one_in;
static uint64_t state;

__attribute__((constructor)) static void begin(void)
{
    const char *rate = getenv("MUSTER_FAIL_ONE_IN");
    const char *seed = getenv("MUSTER_FAIL_SEED");
    one_in = rate != NULL ? strtoull(rate, NULL, 10) : 0;
    state = seed != NULL ? strtoull(seed, NULL, 10) : 0;
    state = state * 0x9e3779b97f4a7c15U + (uint64_t)(uint32_t)getpid();
}

/* splitmix64; a race between threads costs nothing here. */
static bool fails(int fd)
{
    struct stat info;
    int before = errno;
    bool regular = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    errno = before;
    if (one_in == 0 || !regular) {
        return false;
    }
    uint64_t z = state += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    z ^= z >> 31;
    if (z % one_in != 0) {
        return false;
    }
    errno = EIO;
    return true;
}

/* dlsym() gives an object where a function is wanted. */
#define REAL(type, name) \
    union {              \
        void *object;    \
        type function;   \
    } real = {dlsym(RTLD_NEXT, name)}

typedef int sync_call(int fd);
typedef ssize_t write_call(int fd, const void *bytes, size_t len);
typedef ssize_t pwrite_call(int fd, const void *bytes, size_t len, off64_t at);

int fsync(int fd)
{
    REAL(sync_call *, "fsync");
    return fails(fd) ? -1 : real.function(fd);
}

int fdatasync(int fd)
{
    REAL(sync_call *, "fdatasync");
    return fails(fd) ? -1 : real.function(fd);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    REAL(write_call *, "write");
    return fails(fd) ? -1 : real.function(fd, bytes, len);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    REAL(pwrite_call *, "pwrite64");
    return fails(fd) ? -1 : real.function(fd, bytes, len, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t len, off64_t at)
{
    REAL(pwrite_call *, "pwrite64");
    return fails(fd) ? -1 : real.function(fd, bytes, len, at);
}
