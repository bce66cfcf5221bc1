// Ensembles of energy levels without coordinates: N independent levels of a given law, the
// random-energy model of a dataset's log-weights (Derrida 1981; Ambrogioni 2024, section 8;
// Lucibello & Mezard 2024). Beside Target, not below it: there is no clean datum, no noisy state,
// no score. May depend on: Eigen, sim/kernel, sim/random, sim/deck, analysis/theory.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "analysis/theory/levels/level_law.hpp"
#include "sim/deck/parameters.hpp"
#include "sim/kernel/levels/smooth_table.hpp"
#include "sim/random/stream.hpp"

namespace symbreak::target {

/// Levels in classes: e_cj = sqrt(share) g_c + sqrt(1 - share) g_cj, g standard normals (the
/// generalised random-energy model, Derrida 1985).
struct LevelGroups {
  double log_classes = 0, log_members = 0;  ///< log N_1, log N_2; whole numbers below 40 bits
  double share = 0;                         ///< of the variance that is between classes
};

struct LevelEnsemble {
  theory::LevelFamily family = theory::LevelFamily::gaussian;
  std::shared_ptr<const theory::LevelLaw> law;
  double bits = 0;       ///< M = log2 N
  double log_count = 0;  ///< L = log N; N is a whole number where it has fewer than 40 bits
  double dimension = 0;  ///< of the sphere and of binary overlaps
  std::optional<LevelGroups> groups{};  ///< of two levels; N = N_1 N_2

  double critical() const { return law->critical(log_count); }  ///< b_c
  double energy_unit() const { return law->energy_unit(log_count); }
  std::string describe() const;  ///< "2^20 Gaussian levels"
};

/// Draws levels one by one, for enumeration.
class LevelSource {
 public:
  explicit LevelSource(const LevelEnsemble& ensemble);
  void draw(random::Stream& stream, std::span<double> levels) const;

 private:
  theory::LevelFamily family_;
  std::size_t dimension_;
  kernel::SmoothTable quantile_;  // sphere: of -log P(level above)
};

}  // namespace symbreak::target
