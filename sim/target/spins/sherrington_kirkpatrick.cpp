// Sherrington-Kirkpatrick spin glass: phi ~ exp(sum_{i<j} J_ij y_i y_j/T), J_ij ~ N(J0/d, J^2/d)
// (Phys. Rev. Lett. 35, 1792 (1975)); without J0 the spin glass freezes at T = J. One draw of the
// couplings per disorder sample.
#include <fmt/format.h>

#include <cmath>

#include "sim/target/families.hpp"
#include "sim/target/spins/spins.hpp"

namespace symbreak::target {

namespace {

std::shared_ptr<const Target> make(const deck::Parameters& parameters,
                                   const random::Address& address) {
  const Index d = parameters.integer("target.dimension");
  const double T = parameters.real("target.temperature"), J = parameters.real("target.coupling"),
               J0 = parameters.real("target.mean_coupling"),
               field = parameters.real("target.field");
  const double n = static_cast<double>(d);
  random::Address disorder = address;
  disorder.purpose = random::Purpose::data;
  random::Stream stream(disorder);
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
  SpinModel model;
  model.graph =
      spin_graph(d, bonds,
                 field == 0 ? std::vector<double>()
                            : std::vector<double>(static_cast<std::size_t>(d), field / T));
  model.text = fmt::format("Sherrington-Kirkpatrick model of {} spins at T = {}, J = {}{}", d, T, J,
                           J0 == 0 ? "" : fmt::format(", J0 = {}", J0));
  model.posterior = parameters.word("target.posterior");
  model.address = address;
  return std::make_shared<SpinTarget>(std::move(model));
}

}  // namespace

TargetKind sherrington_kirkpatrick() {
  using deck::Key;
  const std::string section = "target";
  TargetKind family;
  family.name = "sherrington_kirkpatrick";
  family.text =
      "mean-field spin glass, J_ij ~ N(J0/d, J^2/d), new couplings in every disorder sample "
      "(Sherrington & Kirkpatrick 1975)";
  family.keys = {
      Key{.section = section,
          .name = "dimension",
          .kind = deck::Kind::integer,
          .text = "number of spins d",
          .minimum = 1,
          .maximum = 8192},
      Key{.section = section,
          .name = "temperature",
          .text = "T in units where the Boltzmann constant is 1; the glass forms at T = J",
          .minimum = 0.01,
          .maximum = 1e6},
      Key{.section = section,
          .name = "coupling",
          .fallback = "1",
          .text = "J: the couplings have variance J^2/d",
          .minimum = 0,
          .maximum = 1e3},
      Key{.section = section,
          .name = "mean_coupling",
          .fallback = "0",
          .text = "J0: the couplings have mean J0/d",
          .minimum = -1e3,
          .maximum = 1e3},
      Key{.section = section,
          .name = "field",
          .fallback = "0",
          .text = "uniform field on the clean spins, in units of energy",
          .minimum = -1e3,
          .maximum = 1e3},
      posterior_key()};
  family.make = make;
  family.disordered = true;
  return family;
}

}  // namespace symbreak::target
