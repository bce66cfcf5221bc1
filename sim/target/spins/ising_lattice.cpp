// Ising model on the square or cubic lattice: phi ~ exp((J sum_<ij> y_i y_j + field sum_i y_i)/T)
// (Ambrogioni 2024, section 5; J > 0 ferromagnetic). In two dimensions T_c = 2/log(1 + sqrt 2) in
// units of J (Onsager 1944), in three 4.5115 (Ferrenberg, Xu & Landau 2018).
#include <fmt/format.h>

#include "analysis/theory/spins/ising.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/target/spins/lattice_bonds.hpp"
#include "sim/target/spins/spins.hpp"

namespace symbreak::target {

namespace {

/// Of a ferromagnetic square torus without a field: beta (U - F).
std::optional<KnownValue> torus_entropy(const Lattice& lattice, double T, double field) {
  const auto& sides = lattice.sides;
  const bool square = sides.size() == 2 && sides[0] == sides[1] && sides[0] > 2;
  if (!square || !lattice.homogeneous() || field != 0 || !(T > 0)) return std::nullopt;
  const auto L = static_cast<int>(sides[0]);
  const double per_site =
      theory::ising2d_torus_log_partition(L, T) + theory::ising2d_torus_energy(L, T) / T;
  return KnownValue{per_site * static_cast<double>(lattice.sites()),
                    "entropy of the L x L torus, Kaufman 1949"};
}

std::shared_ptr<const Target> make_ising_lattice(const deck::Parameters& parameters,
                                                 const random::Address& address) {
  const Lattice lattice = lattice_of(parameters);
  const double T = parameters.real("target.temperature"), J = parameters.real("target.coupling"),
               field = parameters.real("target.field");
  std::vector<SpinBond> bonds;
  for (const auto& [i, j] : lattice.bonds()) bonds.push_back({i, j, J / T});
  SpinModel model{.posterior = parameters.word("target.posterior"), .address = address};
  model.graph = spin_graph(lattice.sites(), bonds, field / T);
  model.text = fmt::format("Ising model on {} at T = {}", lattice.text(), T);
  if (J != 1) model.text += fmt::format(", J = {}", J);
  if (field != 0) model.text += fmt::format(", field {}", field);
  model.sides = lattice.sides;
  model.homogeneous = lattice.homogeneous();
  model.entropy = torus_entropy(lattice, T / J, field);
  return std::make_shared<SpinTarget>(std::move(model));
}

}  // namespace

TargetKind ising_lattice() {
  return {.name = "ising_lattice",
          .text =
              "Ising model on the square or cubic lattice; sigma^2 t_c = <M^2>/N on a periodic one "
              "(Ambrogioni 2024, section 5)",
          .keys = deck::joined(
              {lattice_keys(),
               {deck::real_key("target", "temperature", deck::required,
                               "T in units where the Boltzmann constant is 1; T_c = 2.26919 J in "
                               "two dimensions, 4.5115 J in three",
                               0.01, 1e6),
                deck::real_key("target", "coupling", "1",
                               "J of every bond; positive: ferromagnetic", -1e3, 1e3),
                deck::real_key("target", "field", "0",
                               "uniform field on the clean spins, in units of energy", -1e3, 1e3),
                posterior_key()}}),
          .make = make_ising_lattice,
          .provides = spin_parts(true)};
}

}  // namespace symbreak::target
