// Hopfield model: phi ~ exp(sum_{i<j} J_ij y_i y_j/T), J_ij = (1/d) sum_mu xi_i^mu xi_j^mu, of P
// random patterns xi = +-1 (Hopfield 1982; Amit, Gutfreund & Sompolinsky 1985: retrieval below T =
// 1 - 1.95 sqrt(P/d) for small loads). New patterns in every disorder sample. Classes: the pattern
// of the largest |overlap| m_mu = xi^mu.y/d, mu = 0..P-1, and its mirror image, P + mu.
#include <fmt/format.h>

#include <cmath>

#include "analysis/theory/spins/spin_glass.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/target/spins/spins.hpp"

namespace symbreak::target {

namespace {

std::shared_ptr<const Target> make_hopfield(const deck::Parameters& parameters,
                                            const random::Address& address) {
  const Index d = parameters.integer("target.dimension"), P = parameters.integer("target.patterns");
  const double T = parameters.real("target.temperature");
  random::Stream stream = stream_of(address, random::Purpose::data);
  SpinModel model{.posterior = parameters.word("target.posterior"), .address = address};
  model.patterns.resize(d, P);
  for (Index mu = 0; mu < P; ++mu) {
    for (Index i = 0; i < d; ++i) model.patterns(i, mu) = stream.uniform() < 0.5 ? -1 : 1;
  }
  const MatrixXd overlaps = model.patterns * model.patterns.transpose();  // integers: exact
  std::vector<SpinBond> bonds;
  for (Index i = 0; i < d; ++i) {
    for (Index j = i + 1; j < d; ++j) {
      if (overlaps(i, j) != 0) {
        bonds.push_back({i, j, overlaps(i, j) / (static_cast<double>(d) * T)});
      }
    }
  }
  model.graph = spin_graph(d, bonds);
  model.text = fmt::format("Hopfield model of {} spins and {} pattern{} at T = {}", d, P,
                           P == 1 ? "" : "s", T);
  const double alpha = static_cast<double>(P) / static_cast<double>(d);
  if (T > 1 + std::sqrt(alpha)) {
    model.eigenvalue_limit = {theory::hopfield_eigenvalue(T, alpha),
                              "Marchenko & Pastur spectrum with the reaction term, N -> infinity"};
  }
  return std::make_shared<SpinTarget>(std::move(model));
}

}  // namespace

TargetKind hopfield() {
  return {
      .name = "hopfield",
      .text =
          "Hopfield network, J = (1/d) sum_mu xi xi^T of random patterns, new ones in every "
          "disorder sample; classes: the patterns and their mirror images (Hopfield 1982)",
      .keys = {deck::count_key("target", "dimension", deck::required, "number of spins d", 1, 8192),
               deck::count_key("target", "patterns", deck::required, "number of stored patterns P",
                               1, 1024),
               deck::real_key("target", "temperature", deck::required,
                              "T; the patterns order below T = 1 at small load P/d", 0.01, 1e6),
               posterior_key()},
      .make = make_hopfield,
      .disordered = true,
      .provides = spin_parts()};
}

}  // namespace symbreak::target
