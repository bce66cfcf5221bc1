// `symbreak` of a build for several processors: becomes the program that was compiled for the best
// instruction set this machine has. SYMBREAK_MARCH=x86-64-v3 asks for one, so that unlike nodes
// compute with the same bits; a run whose ranks differ is refused by the program itself.
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef SYMBREAK_LIBEXEC
#define SYMBREAK_LIBEXEC "../libexec/symbreak"
#endif

static int has_v3(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

static int has_v4(void) {
  return has_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}

/// Best first, as in the x86-64 psABI.
static const struct {
  const char* name;
  const char* openblas;  ///< its kernels for this set, whatever the machine: same bits
  int (*runs)(void);
} processors[] = {{"x86-64-v4", "SkylakeX", has_v4}, {"x86-64-v3", "Haswell", has_v3}};
enum { kProcessors = sizeof processors / sizeof *processors };

/// Path of the program for a processor, beside this one or where it was installed; whether there is
/// one.
static int find(char* path, size_t size, const char* folder, const char* processor) {
  const char* places[] = {".", SYMBREAK_LIBEXEC};
  for (int i = 0; i < 2; ++i) {
    const int length = snprintf(path, size, "%s/%s/symbreak-%s", folder, places[i], processor);
    if (length > 0 && (size_t)length < size && access(path, X_OK) == 0) return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  char self[PATH_MAX], path[2 * PATH_MAX], names[256] = "";
  const ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  if (length < 0) {
    fprintf(stderr, "symbreak: cannot read /proc/self/exe: %s\n", strerror(errno));
    return 1;
  }
  self[length] = 0;
  *strrchr(self, '/') = 0;

  __builtin_cpu_init();
  const char* asked = getenv("SYMBREAK_MARCH");
  const char *chosen = NULL, *openblas = NULL;
  int found = 0, known = asked == NULL || *asked == 0;
  if (known) asked = NULL;
  for (int i = 0; i < kProcessors; ++i) {
    if (!find(path, sizeof path, self, processors[i].name)) continue;
    ++found;
    strcat(strcat(names, *names ? ", " : ""), processors[i].name);
    if (asked && strcmp(asked, processors[i].name) == 0) known = 1;
    if (!chosen && processors[i].runs() && (!asked || strcmp(asked, processors[i].name) == 0)) {
      chosen = processors[i].name;
      openblas = processors[i].openblas;
    }
  }
  if (!known) {
    fprintf(stderr, "SYMBREAK_MARCH = %s: there is no such program; expected one of: %s\n", asked,
            names);
    return 2;
  }
  if (!found) {
    fprintf(stderr, "symbreak: no symbreak-x86-64-v3 or -v4 in %s or %s/%s\n", self, self,
            SYMBREAK_LIBEXEC);
    return 1;
  }
  if (!chosen) {
    fprintf(stderr,
            "symbreak: this processor runs %s%s%s\n"
            "Compile on this machine: cmake --preset release && cmake --build --preset release\n",
            asked ? "no program for " : "none of the programs there are: ", asked ? asked : names,
            asked ? ", which SYMBREAK_MARCH asks for" : "");
    return 2;
  }
  if (argc == 2 && strcmp(argv[1], "--version") == 0) {
    printf("programs for %s; here: %s\n", names, chosen);
    fflush(stdout);
  }
  find(path, sizeof path, self, chosen);
  setenv("OPENBLAS_CORETYPE", openblas, 0);
  execv(path, argv);
  fprintf(stderr, "symbreak: cannot start %s: %s\n", path, strerror(errno));
  return 1;
}
