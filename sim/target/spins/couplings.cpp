// Ising model with couplings from a file: phi ~ exp((sum_{i<j} J_ij y_i y_j + field sum_i y_i)/T).
#include <fmt/format.h>

#include <filesystem>

#include "sim/data/couplings.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/target/spins/spins.hpp"

namespace symbreak::target {

namespace {

std::shared_ptr<const Target> make_couplings(const deck::Parameters& parameters,
                                             const random::Address& address) {
  const data::Source source{.file = parameters.word("target.file"),
                            .key = "target.file",
                            .format = parameters.word("target.format"),
                            .dataset_path = parameters.word("target.dataset_path"),
                            .path_key = "target.dataset_path"};
  const data::Couplings couplings =
      data::read_couplings(source, {.layout = parameters.word("target.layout"),
                                    .triangle = parameters.word("target.triangle"),
                                    .sites = parameters.integer("target.sites"),
                                    .first_index = parameters.integer("target.first_index")});
  const double T = parameters.real("target.temperature"), field = parameters.real("target.field");
  std::vector<SpinBond> bonds;
  bonds.reserve(couplings.bonds.size());
  for (const auto& bond : couplings.bonds) bonds.push_back({bond.i, bond.j, bond.J / T});
  SpinModel model{.posterior = parameters.word("target.posterior"), .address = address};
  model.graph = spin_graph(couplings.sites, bonds, field / T);
  model.text = fmt::format("Ising model of {} spins and {} couplings from {} at T = {}",
                           couplings.sites, couplings.bonds.size(),
                           std::filesystem::path(source.file).filename().string(), T);
  if (field != 0) model.text += fmt::format(", field {}", field);
  return std::make_shared<SpinTarget>(std::move(model));
}

}  // namespace

TargetKind couplings() {
  return {
      .name = "couplings",
      .text = "Ising model with any couplings J_ij, dense or sparse, from a file",
      .keys =
          {deck::plain_key(deck::Kind::file, "target", "file", deck::required,
                           "couplings J_ij: MatrixMarket (.mtx), text (CSV, edge lists), NumPy "
                           ".npy and .npz, HDF5; text and .npy also as .gz"),
           deck::word_key("target", "format", "auto",
                          "auto: by the file's extension (capitals and .gz make no difference)",
                          {"auto", "mtx", "csv", "npy", "npz", "hdf5"}),
           deck::used_with(
               "format=auto|npz|hdf5",
               deck::plain_key(
                   deck::Kind::text, "target", "dataset_path", "",
                   "HDF5: the data set to read, /couplings; .npz: the array, couplings")),
           deck::used_with(
               "format!=mtx",
               deck::word_key("target", "layout", "auto",
                              "matrix: d x d numbers; list: one bond i, j, J per row; auto: a list "
                              "where there are three columns and not three rows",
                              {"auto", "matrix", "list"})),
           deck::word_key("target", "triangle", "auto",
                          "both: J_ij and J_ji are given and equal; one: each bond once, in "
                          "either triangle; auto: one where the file has no bond both ways",
                          {"auto", "both", "one"}),
           deck::used_with(
               "layout=auto|list",
               deck::count_key("target", "sites", "0",
                               "number of spins of a list; 0: as many as its largest index needs",
                               0, 1 << 24)),
           deck::used_with(
               "layout=auto|list",
               deck::count_key("target", "first_index", "0",
                               "index of the first spin in a list (MatrixMarket counts from 1)", 0,
                               1)),
           deck::real_key("target", "temperature", "1", "T that the couplings are divided by", 1e-6,
                          1e6),
           deck::real_key("target", "field", "0",
                          "uniform field on the clean spins, in units of energy", -1e3, 1e3),
           posterior_key()},
      .make = make_couplings,
      .provides = spin_parts()};
}

}  // namespace symbreak::target
