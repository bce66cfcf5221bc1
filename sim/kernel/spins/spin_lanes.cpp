#include "sim/kernel/spins/spin_lanes.hpp"

#include "sim/kernel/simd/elementary_inline.hpp"

namespace symbreak::kernel {

LaneValues tanh(const LaneValues& x) {
  LaneValues result;
  for (std::size_t l = 0; l < spin_lanes; ++l) {
    result[l] = 1 - 2 / (1 + inline_elementary::exp(2 * x[l]));
  }
  return result;
}

}  // namespace symbreak::kernel
