/* A worker in C, without any library: the clean mean of Gaussian data N(0, v) per coordinate,
 * <y> = v/(v + s) x, its Jacobian products, and the clean means of two classes of variances v and
 * 2 v. What a worker in another language has to do is all here; the protocol is in
 * sim/target/network/README.md.
 *
 *   cc -O2 -o gaussian_worker gaussian_worker.c
 *   arguments = DIMENSION VARIANCE
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BELL = 3, MEMORY = 4, MEAN = 1, JACOBIAN = 2, CONDITIONAL = 5 };

/* For a moment awake: falling asleep and waking up takes longer than many an answer. */
static ssize_t next(void* at, size_t size) {
  for (int tries = 0; tries < 200; ++tries) {
    const ssize_t n = recv(BELL, at, size, MSG_DONTWAIT);
    if (n >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) return n;
    sched_yield();
  }
  return read(BELL, at, size);
}

static int transfer(int in, void* message, size_t size) {
  char* at = message;
  while (size > 0) {
    const ssize_t n = in ? next(at, size) : write(BELL, at, size);
    if (n <= 0) return 0;
    at += n;
    size -= (size_t)n;
  }
  return 1;
}

int main(int argc, char** argv) {
  if (argc != 3) return fprintf(stderr, "arguments = DIMENSION VARIANCE\n"), 2;
  const uint64_t d = strtoull(argv[1], NULL, 10);
  const double variance = strtod(argv[2], NULL);
  char hello[256];
  const int length = snprintf(hello, sizeof hello,
                              "{\"symbreak_worker\": 1, \"shape\": [%llu], \"jacobian\": true, "
                              "\"conditional\": 2, \"weights\": \"gaussian %s\"}\n",
                              (unsigned long long)d, argv[2]);
  prctl(PR_SET_PDEATHSIG, SIGKILL); /* no orphan, even while it computes */
  if (!transfer(0, hello, (size_t)length)) return 0;

  double* area = NULL;
  uint64_t mapped = 0, message[4]; /* operation, states, bytes, serial */
  while (transfer(1, message, sizeof message)) {
    const uint64_t n = message[1];
    if (message[2] != mapped) {
      if (area != NULL) munmap(area, mapped);
      mapped = message[2];
      area = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_SHARED, MEMORY, 0);
      if (area == MAP_FAILED) return perror("mmap"), 1;
    }
    const double *s = area, *x = s + n, *more = x + n * d; /* directions, or classes */
    const double* in = message[0] == JACOBIAN ? more : x;  /* the map is linear */
    double* out = area + (more - area) +
                  (message[0] == JACOBIAN      ? n * d
                   : message[0] == CONDITIONAL ? n
                                               : 0);
    const int known = message[0] == MEAN || message[0] == JACOBIAN || message[0] == CONDITIONAL;
    for (uint64_t k = 0; known && k < n; ++k) {
      const double own = message[0] == CONDITIONAL ? (more[k] + 1) * variance : variance;
      const double factor = own / (own + s[k]);
      for (uint64_t i = 0; i < d; ++i) out[k * d + i] = factor * in[k * d + i];
    }
    if (!known) fprintf(stderr, "unknown operation %llu\n", (unsigned long long)message[0]);
    message[0] = known ? 0 : 1; /* status, states, numbers per state, serial */
    message[2] = d;
    if (!transfer(0, message, sizeof message)) return 0;
  }
  return 0;
}
