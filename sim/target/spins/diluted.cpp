// Ising ferromagnet on what is left of a lattice when each bond is kept with probability p, or on a
// random regular graph. One draw of the bonds per disorder sample.
// Square lattice: no order at any T below the percolation threshold p = 1/2. Random k-regular
// graph: a tree locally, so T_c = J/atanh(1/(k-1)) (Bethe lattice), without the loops of a lattice.
#include <fmt/format.h>

#include <algorithm>

#include "sim/deck/key_forms.hpp"
#include "sim/target/spins/lattice_bonds.hpp"
#include "sim/target/spins/spins.hpp"

namespace symbreak::target {

namespace {

using Pair = std::pair<Index, Index>;

/// A simple k-regular graph by pairing free ends at random, refusing loops and parallel bonds, anew
/// when it gets stuck (Steger & Wormald 1999): uniform as n grows.
std::vector<Pair> regular_graph(Index n, Index k, random::Stream& stream) {
  const auto below = [&](std::size_t count) {
    return static_cast<std::size_t>(stream.uniform() * static_cast<double>(count));
  };
  for (;;) {
    std::vector<Index> ends;
    for (Index i = 0; i < n; ++i) ends.insert(ends.end(), static_cast<std::size_t>(k), i);
    std::vector<std::vector<Index>> neighbours(static_cast<std::size_t>(n));
    std::vector<Pair> bonds;
    Index refused = 0;
    while (!ends.empty() && refused < 100 + 10 * k * k) {
      const std::size_t a = below(ends.size()), b = below(ends.size());
      const Index i = ends[a], j = ends[b];
      auto& known = neighbours[static_cast<std::size_t>(i)];
      if (a == b || i == j || std::find(known.begin(), known.end(), j) != known.end()) {
        ++refused;
        continue;
      }
      refused = 0;
      known.push_back(j);
      neighbours[static_cast<std::size_t>(j)].push_back(i);
      bonds.emplace_back(std::min(i, j), std::max(i, j));
      for (const std::size_t at : {std::max(a, b), std::min(a, b)}) {
        ends[at] = ends.back();
        ends.pop_back();
      }
    }
    if (!ends.empty()) continue;
    std::sort(bonds.begin(), bonds.end());
    return bonds;
  }
}

std::shared_ptr<const Target> make_diluted(const deck::Parameters& parameters,
                                           const random::Address& address) {
  random::Stream stream = stream_of(address, random::Purpose::data);
  const double T = parameters.real("target.temperature");
  const std::string& graph = parameters.word("target.graph");
  SpinModel model{.posterior = parameters.word("target.posterior"), .address = address};
  std::vector<Pair> pairs;
  Index sites = 0;
  if (graph == "lattice") {
    if (!parameters.has("target.side")) {
      throw deck::KeyError("target.graph", "graph = lattice needs target.side");
    }
    const Lattice lattice = lattice_of(parameters);
    const double p = parameters.real("target.bond_probability");
    sites = lattice.sites();
    for (const Pair& bond : lattice.bonds()) {
      if (stream.uniform() < p) pairs.push_back(bond);
    }
    model.sides = lattice.sides;
    model.homogeneous = p == 1 && lattice.homogeneous();
    model.text = fmt::format("Ising model on {}, each bond kept with probability {}, at T = {}",
                             lattice.text(), p, T);
  } else {
    for (const char* key : {"target.sites", "target.degree"}) {
      if (!parameters.has(key)) {
        throw deck::KeyError("target.graph", "graph = regular needs {}", key);
      }
    }
    sites = parameters.integer("target.sites");
    const Index degree = parameters.integer("target.degree");
    if (degree >= sites || sites * degree % 2 != 0) {
      throw deck::KeyError("target.degree",
                           "no simple graph of {} sites has degree {}: it must be below the number "
                           "of sites, and their product even",
                           sites, degree);
    }
    pairs = regular_graph(sites, degree, stream);
    model.text = fmt::format("Ising model on a random {}-regular graph of {} sites at T = {}",
                             degree, sites, T);
  }
  std::vector<SpinBond> bonds;
  for (const auto& [i, j] : pairs) bonds.push_back({i, j, 1 / T});
  model.graph = spin_graph(sites, bonds);
  return std::make_shared<SpinTarget>(std::move(model));
}

}  // namespace

TargetKind diluted() {
  return {
      .name = "diluted",
      .text =
          "Ising ferromagnet, J = 1, on a lattice with missing bonds or a random regular graph, "
          "new bonds in every disorder sample",
      .keys = deck::joined(
          {{deck::word_key(
               "target", "graph", "lattice",
               "lattice: side, dimension, boundary, bond_probability; regular: sites, degree",
               {"lattice", "regular"})},
           deck::used_with("graph=lattice", lattice_keys("")),
           {deck::used_with(
                "graph=lattice",
                deck::real_key("target", "bond_probability", "1",
                               "p, probability that a bond of the lattice is there", 0, 1)),
            deck::used_with("graph=regular",
                            deck::count_key("target", "sites", "",
                                            "sites of the random regular graph", 2, 1e6)),
            deck::used_with(
                "graph=regular",
                deck::count_key("target", "degree", "",
                                "k, neighbours of every site of the random regular graph", 1, 64)),
            deck::real_key("target", "temperature", deck::required, "T in units of J", 0.01, 1e6),
            posterior_key()}}),
      .make = make_diluted,
      .disordered = true,
      .provides = spin_parts(true)};
}

}  // namespace symbreak::target
