// Time of a reference in the same process, so that every benchmark can state a ratio. Thread CPU
// time: other load on the machine does not count.
#pragma once
#include <algorithm>
#include <ctime>
#include <vector>

namespace symbreak::bench {

/// Median seconds of one call of `work`, over 9 batches of at least 10 ms.
template <class Work>
double median_seconds(Work&& work) {
  const auto now = [] {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  const auto batch = [&](long count) {
    const double start = now();
    for (long i = 0; i < count; ++i) work();
    return now() - start;
  };
  long calls = 1;
  while (batch(calls) < 0.01) calls *= 2;
  std::vector<double> seconds;
  for (int i = 0; i < 9; ++i) seconds.push_back(batch(calls) / static_cast<double>(calls));
  std::nth_element(seconds.begin(), seconds.begin() + 4, seconds.end());
  return seconds[4];
}

}  // namespace symbreak::bench
