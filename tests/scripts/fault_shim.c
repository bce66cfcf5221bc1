// Preloaded into a program under test: makes the system misbehave as its environment says.
//   FAULT_READ=PART:ERRNO   files whose path contains PART cannot be opened for reading
//   FAULT_NO_FLOCK=1        flock(2) is not implemented, as on some network file systems
//   FAULT_CLOCK=FILE        once FILE exists the wall clock is ten minutes behind
//   FAULT_SIGNAL=NUMBER     the signal arrives while MPI starts
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int unreadable(const char* path) {
  const char* fault = getenv("FAULT_READ");
  const char* colon = fault == NULL ? NULL : strrchr(fault, ':');
  char part[256];
  if (colon == NULL || (size_t)(colon - fault) >= sizeof part) return 0;
  memcpy(part, fault, (size_t)(colon - fault));
  part[colon - fault] = 0;
  if (strstr(path, part) == NULL) return 0;
  errno = atoi(colon + 1);
  return 1;
}

static int opened(int (*real)(const char*, int, ...), const char* path, int flags, int mode) {
  if ((flags & O_ACCMODE) == O_RDONLY && unreadable(path)) return -1;
  return real(path, flags, mode);
}

#define OPEN(name)                                    \
  int name(const char* path, int flags, ...) {        \
    va_list more;                                     \
    va_start(more, flags);                            \
    const int mode = va_arg(more, int);               \
    va_end(more);                                     \
    return opened(REAL(name), path, flags, mode);     \
  }
OPEN(open)
OPEN(open64)

FILE* fopen(const char* path, const char* mode) {
  return mode[0] == 'r' && unreadable(path) ? NULL : REAL(fopen)(path, mode);
}
FILE* fopen64(const char* path, const char* mode) {
  return mode[0] == 'r' && unreadable(path) ? NULL : REAL(fopen64)(path, mode);
}

int flock(int descriptor, int operation) {
  if (getenv("FAULT_NO_FLOCK") == NULL) return REAL(flock)(descriptor, operation);
  errno = ENOSYS;
  return -1;
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  const int result = REAL(clock_gettime)(clock, now);
  const char* file = getenv("FAULT_CLOCK");
  if (clock == CLOCK_REALTIME && file != NULL && access(file, F_OK) == 0) now->tv_sec -= 600;
  return result;
}

static void receive(void) {
  const char* number = getenv("FAULT_SIGNAL");
  if (number != NULL) raise(atoi(number));
}
int MPI_Init(int* count, char*** words);
int MPI_Init(int* count, char*** words) {
  receive();
  return REAL(MPI_Init)(count, words);
}
int MPI_Init_thread(int* count, char*** words, int wanted, int* given);
int MPI_Init_thread(int* count, char*** words, int wanted, int* given) {
  receive();
  return REAL(MPI_Init_thread)(count, words, wanted, given);
}
