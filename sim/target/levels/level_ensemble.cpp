#include "sim/target/levels/level_ensemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "sim/kernel/simd/logarithm_inline.hpp"

namespace symbreak::target {

using theory::LevelFamily;

std::string LevelEnsemble::describe() const {
  if (groups) {
    return fmt::format("2^{:.6g} classes of 2^{:.6g} levels each",
                       groups->log_classes / std::log(2.0), groups->log_members / std::log(2.0));
  }
  const char* name = family == LevelFamily::gaussian      ? "Gaussian"
                     : family == LevelFamily::exponential ? "exponential"
                     : family == LevelFamily::sphere      ? "spherical"
                                                          : "binary";
  const std::string where =
      dimension > 0 ? fmt::format(" in {:.0f} dimensions", dimension) : std::string();
  return bits < 20 ? fmt::format("{:.0f} {} levels{}", std::exp(log_count), name, where)
                   : fmt::format("2^{:.6g} {} levels{}", bits, name, where);
}

LevelSource::LevelSource(const LevelEnsemble& ensemble)
    : family_(ensemble.family), dimension_(static_cast<std::size_t>(ensemble.dimension)) {
  if (family_ != LevelFamily::sphere) return;
  // The upper half of a symmetric law; 53 bits reach P(level above) = 2^-54.
  quantile_ = kernel::SmoothTable(std::log(2.0), 55 * std::log(2.0), 512, [&](double s) {
    return ensemble.law->quantile(std::max(s, std::log(2.0)));
  });
}

void LevelSource::draw(random::Stream& stream, std::span<double> levels) const {
  switch (family_) {
    case LevelFamily::gaussian:
      stream.normals(levels);
      return;
    case LevelFamily::exponential:
      stream.uniforms(levels);
      for (double& e : levels) e = -kernel::inline_elementary::log(e);
      return;
    case LevelFamily::sphere: {
      std::vector<double> uniforms(levels.size()), s(levels.size());
      stream.uniforms(uniforms);
      for (std::size_t i = 0; i < s.size(); ++i) {
        s[i] = -kernel::inline_elementary::log(std::min(uniforms[i], 1 - uniforms[i]));
      }
      quantile_.evaluate(s, levels);
      for (std::size_t i = 0; i < s.size(); ++i) {
        if (uniforms[i] > 0.5) levels[i] = -levels[i];
      }
      return;
    }
    case LevelFamily::binary:
      break;
  }
  // A row of spins is a row of bits.
  const std::size_t words = (dimension_ + 63) / 64, rest = dimension_ % 64;
  const std::uint64_t last = rest == 0 ? ~std::uint64_t{0} : (std::uint64_t{1} << rest) - 1;
  const double d = static_cast<double>(dimension_), root = std::sqrt(d);
  std::vector<std::uint64_t> row(words);
  for (double& e : levels) {
    stream.words(row);
    row.back() &= last;
    int up = 0;
    for (const std::uint64_t word : row) up += std::popcount(word);
    e = (2 * up - d) / root;
  }
}

}  // namespace symbreak::target
