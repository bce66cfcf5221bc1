// Sherrington-Kirkpatrick spin glass: phi ~ exp(sum_{i<j} J_ij y_i y_j/T), J_ij ~ N(J0/d, J^2/d)
// (Phys. Rev. Lett. 35, 1792 (1975)); without J0 the spin glass freezes at T = J. One draw of the
// couplings per disorder sample.
#include <fmt/format.h>

#include <cmath>

#include "analysis/theory/spins/spin_glass.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/target/spins/spins.hpp"

namespace symbreak::target {

namespace {

std::shared_ptr<const Target> make_sherrington_kirkpatrick(const deck::Parameters& parameters,
                                                           const random::Address& address) {
  const Index d = parameters.integer("target.dimension");
  const double T = parameters.real("target.temperature"), J = parameters.real("target.coupling"),
               J0 = parameters.real("target.mean_coupling"),
               field = parameters.real("target.field");
  const double n = static_cast<double>(d);
  random::Stream stream = stream_of(address, random::Purpose::data);
  std::vector<double> normals(static_cast<std::size_t>(d * (d - 1) / 2));
  stream.normals(normals);
  std::vector<SpinBond> bonds;
  bonds.reserve(normals.size());
  std::size_t next = 0;
  for (Index i = 0; i < d; ++i) {
    for (Index j = i + 1; j < d; ++j) {
      bonds.push_back({i, j, (J0 / n + J * normals[next++] / std::sqrt(n)) / T});
    }
  }
  SpinModel model{.posterior = parameters.word("target.posterior"), .address = address};
  model.graph = spin_graph(d, bonds, field / T);
  model.text = fmt::format("Sherrington-Kirkpatrick model of {} spins at T = {}, J = {}{}", d, T, J,
                           J0 == 0 ? "" : fmt::format(", J0 = {}", J0));
  // A mean J0 > J would split an eigenvalue off the edge of the spectrum.
  if (T > J && J0 <= J && J > 0) {
    model.eigenvalue_limit = {theory::sherrington_kirkpatrick_eigenvalue(T / J),
                              "1/(1 - J/T)^2, N -> infinity (Thouless, Anderson & Palmer 1977)"};
  }
  return std::make_shared<SpinTarget>(std::move(model));
}

}  // namespace

TargetKind sherrington_kirkpatrick() {
  return {
      .name = "sherrington_kirkpatrick",
      .text =
          "mean-field spin glass, J_ij ~ N(J0/d, J^2/d), new couplings in every disorder sample "
          "(Sherrington & Kirkpatrick 1975)",
      .keys = {deck::count_key("target", "dimension", deck::required, "number of spins d", 1, 8192),
               deck::real_key(
                   "target", "temperature", deck::required,
                   "T in units where the Boltzmann constant is 1; the glass forms at T = J", 0.01,
                   1e6),
               deck::real_key("target", "coupling", "1", "J: the couplings have variance J^2/d", 0,
                              1e3),
               deck::real_key("target", "mean_coupling", "0", "J0: the couplings have mean J0/d",
                              -1e3, 1e3),
               deck::real_key("target", "field", "0",
                              "uniform field on the clean spins, in units of energy", -1e3, 1e3),
               posterior_key()},
      .make = make_sherrington_kirkpatrick,
      .disordered = true,
      .provides = spin_parts()};
}

}  // namespace symbreak::target
