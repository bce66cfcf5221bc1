#include "sim/kernel/simd/cosine.hpp"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <stdexcept>

namespace symbreak::kernel {

namespace {

/// Where x - n pi/2 with n from the low bits of a double is still good.
constexpr double kReach = 0x1p20;

struct Pair {
  double sine, cosine;
};

/// x = n pi/2 + r, |r| <= pi/4 (Cody & Waite with fused multiply-adds), sin r and cos r by the
/// polynomials of fdlibm (Sun Microsystems 1993, public domain), exchanged and signed by n mod 4.
inline Pair pair_of(double x) {
  constexpr double shifter = 0x1.8p52, turns = 0x1.45f306dc9c883p-1;
  const double shifted = std::fma(x, turns, shifter), n = shifted - shifter;
  const double r = std::fma(n, -0x1.1a62633145c07p-54, std::fma(n, -0x1.921fb54442d18p+0, x));
  const double z = r * r;
  double p = 1.58969099521155010221e-10;
  p = std::fma(p, z, -2.50507602534068634195e-08);
  p = std::fma(p, z, 2.75573137070700676789e-06);
  p = std::fma(p, z, -1.98412698298579493134e-04);
  p = std::fma(p, z, 8.33333333332248946124e-03);
  p = std::fma(p, z, -1.66666666666666324348e-01);
  const double sine = std::fma(r * z, p, r);
  double q = -1.13596475577881948265e-11;
  q = std::fma(q, z, 2.08757232129817482790e-09);
  q = std::fma(q, z, -2.75573143513906633035e-07);
  q = std::fma(q, z, 2.48015872894767294178e-05);
  q = std::fma(q, z, -1.38888888888741095749e-03);
  q = std::fma(q, z, 4.16666666666666019037e-02);
  const double cosine = std::fma(z * z, q, std::fma(z, -0.5, 1.0));
  const auto quarter = std::bit_cast<std::uint64_t>(shifted);
  const bool odd = (quarter & 1) != 0;
  const double first = odd ? sine : cosine, second = odd ? cosine : sine;
  const std::uint64_t cosine_sign = ((quarter + 1) & 2) << 62, sine_sign = (quarter & 2) << 62;
  return {std::bit_cast<double>(std::bit_cast<std::uint64_t>(second) ^ sine_sign),
          std::bit_cast<double>(std::bit_cast<std::uint64_t>(first) ^ cosine_sign)};
}

}  // namespace

void cosine(std::span<const double> x, std::span<double> c) {
  if (x.size() != c.size()) throw std::invalid_argument("cosine: lengths differ");
  constexpr std::size_t kBlock = 256;
  const double* const from = x.data();
  double* const to = c.data();
  double kept[kBlock];
  for (std::size_t first = 0; first < x.size(); first += kBlock) {
    const std::size_t n = x.size() - first < kBlock ? x.size() - first : kBlock;
    double far = 0;
    for (std::size_t i = 0; i < n; ++i) {
      kept[i] = from[first + i];
      far = std::abs(kept[i]) <= kReach ? far : 1;
    }
    for (std::size_t i = 0; i < n; ++i) to[first + i] = pair_of(kept[i]).cosine;
    for (std::size_t i = 0; far > 0 && i < n; ++i) {
      if (!(std::abs(kept[i]) <= kReach)) to[first + i] = std::cos(kept[i]);
    }
  }
}

void sine_cosine(std::span<const double> x, std::span<double> s, std::span<double> c) {
  if (x.size() != c.size() || x.size() != s.size()) {
    throw std::invalid_argument("sine_cosine: lengths differ");
  }
  const double* const from = x.data();
  double *const sine = s.data(), *const cosine = c.data();
  for (std::size_t i = 0; i < x.size(); ++i) {
    const Pair pair = pair_of(from[i]);
    sine[i] = pair.sine;
    cosine[i] = pair.cosine;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::abs(from[i]) <= kReach) continue;
    sine[i] = std::sin(from[i]);
    cosine[i] = std::cos(from[i]);
  }
}

}  // namespace symbreak::kernel
