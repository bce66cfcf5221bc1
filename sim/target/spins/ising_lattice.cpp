// Ising model on the square or cubic lattice: phi ~ exp((J sum_<ij> y_i y_j + field sum_i y_i)/T)
// (Ambrogioni 2024, section 5; J > 0 ferromagnetic). In two dimensions T_c = 2/log(1 + sqrt 2) in
// units of J (Onsager 1944), in three 4.5115 (Ferrenberg, Xu & Landau 2018).
#include <fmt/format.h>

#include "sim/target/families.hpp"
#include "sim/target/spins/lattice_bonds.hpp"
#include "sim/target/spins/spins.hpp"

namespace symbreak::target {

namespace {

std::shared_ptr<const Target> make(const deck::Parameters& parameters,
                                   const random::Address& address) {
  const Lattice lattice = lattice_of(parameters);
  const double T = parameters.real("target.temperature"), J = parameters.real("target.coupling"),
               field = parameters.real("target.field");
  std::vector<SpinBond> bonds;
  for (const auto& [i, j] : lattice.bonds()) bonds.push_back({i, j, J / T});
  SpinModel model;
  model.graph = spin_graph(
      lattice.sites(), bonds,
      field == 0 ? std::vector<double>()
                 : std::vector<double>(static_cast<std::size_t>(lattice.sites()), field / T));
  model.text = fmt::format("Ising model on {} at T = {}", lattice.text(), T);
  if (J != 1) model.text += fmt::format(", J = {}", J);
  if (field != 0) model.text += fmt::format(", field {}", field);
  model.sides = lattice.sides;
  model.homogeneous = lattice.homogeneous();
  model.posterior = parameters.word("target.posterior");
  model.address = address;
  return std::make_shared<SpinTarget>(std::move(model));
}

}  // namespace

TargetKind ising_lattice() {
  using deck::Key;
  TargetKind family;
  family.name = "ising_lattice";
  family.text =
      "Ising model on the square or cubic lattice; sigma^2 t_c = <M^2>/N on a periodic one "
      "(Ambrogioni 2024, section 5)";
  family.keys = lattice_keys();
  family.keys.push_back(Key{.section = "target",
                            .name = "temperature",
                            .text =
                                "T in units where the Boltzmann constant is 1; T_c = 2.26919 J in "
                                "two dimensions, 4.5115 J in three",
                            .minimum = 0.01,
                            .maximum = 1e6});
  family.keys.push_back(Key{.section = "target",
                            .name = "coupling",
                            .fallback = "1",
                            .text = "J of every bond; positive: ferromagnetic",
                            .minimum = -1e3,
                            .maximum = 1e3});
  family.keys.push_back(Key{.section = "target",
                            .name = "field",
                            .fallback = "0",
                            .text = "uniform field on the clean spins, in units of energy",
                            .minimum = -1e3,
                            .maximum = 1e3});
  family.keys.push_back(posterior_key());
  family.make = make;
  return family;
}

}  // namespace symbreak::target
