// Ising chain: phi ~ exp(K sum y_i y_(i+1) + h sum y_i), and the same thing seen as a source of
// bits: a stationary Markov chain of +-1 is an open Ising chain, with
//   log P(y'|y) = K y y' + a y' + b y + c,  K = log(P(+|+)P(-|-)/(P(-|+)P(+|-)))/4,
// fields a + b inside, b + (log pi(+)/pi(-))/2 at the first site and a at the last. Exact in O(d)
// by the transfer matrix.
#include <fmt/format.h>

#include <cmath>
#include <filesystem>

#include "analysis/theory/spins/ising.hpp"
#include "sim/data/bits.hpp"
#include "sim/deck/key_forms.hpp"
#include "sim/target/spins/spins.hpp"

namespace symbreak::target {

namespace {

struct Chain {
  double K = 0, first = 0, inside = 0, last = 0;  ///< fields
  std::string text;
};

Chain markov(double stay_up, double stay_down, const std::string& text) {
  const double up = std::log(stay_up), down = std::log(stay_down);
  const double fall = std::log1p(-stay_up), rise = std::log1p(-stay_down);
  const double a = ((up - down) + (rise - fall)) / 4, b = ((up - down) - (rise - fall)) / 4;
  return {.K = ((up + down) - (fall + rise)) / 4,
          .first = (rise - fall) / 2 + b,
          .inside = a + b,
          .last = a,
          .text = text};
}

double required(const deck::Parameters& parameters, const std::string& name,
                const std::string& source) {
  if (!parameters.has("target." + name)) {
    throw deck::KeyError("target.source", "source = {} needs target.{}", source, name);
  }
  return parameters.real("target." + name);
}

Chain chain_of(const deck::Parameters& parameters) {
  const std::string& source = parameters.word("target.source");
  if (source == "coupling") {
    const double K = required(parameters, "coupling", source), h = parameters.real("target.field");
    return {
        .K = K,
        .first = h,
        .inside = h,
        .last = h,
        .text = fmt::format("at J/T = {}{}", K, h == 0 ? "" : fmt::format(", field/T = {}", h))};
  }
  if (parameters.real("target.field") != 0) {
    throw deck::KeyError("target.field", "belongs to source = coupling");
  }
  if (source == "transition") {
    const double up = required(parameters, "stay_up", source),
                 down = required(parameters, "stay_down", source);
    return markov(up, down, fmt::format("as a Markov source, P(+|+) = {}, P(-|-) = {}", up, down));
  }
  const std::string& file = parameters.word("target.file");
  if (file.empty()) throw deck::KeyError("target.source", "source = file needs target.file");
  const data::BitPairs pairs = data::read_bits(file, "target.file", parameters.word("target.bits"));
  const double up = pairs.stay_probability(1), down = pairs.stay_probability(0);
  return markov(
      up, down,
      fmt::format(
          "as a Markov source estimated from {} bits of {}, P(+|+) = {:.6g}, P(-|-) = {:.6g}",
          pairs.bits, std::filesystem::path(file).filename().string(), up, down));
}

/// The leading eigenvector of t^|i-j|.
MatrixXd open_axis(Index d, double t) {
  const double theta = theory::open_chain_wave_number(static_cast<int>(d), t);
  MatrixXd axis(d, 1);
  for (Index i = 0; i < d; ++i) {
    const double place = static_cast<double>(i) - static_cast<double>(d - 1) / 2;
    axis(i, 0) = std::cos(theta * place) * (t < 0 && i % 2 == 1 ? -1 : 1);
  }
  return axis / axis.norm();
}

std::shared_ptr<const Target> make_ising_chain(const deck::Parameters& parameters,
                                               const random::Address& address) {
  const Index d = parameters.integer("target.dimension");
  const bool periodic = parameters.word("target.boundary") == "periodic";
  const Chain chain = chain_of(parameters);
  std::vector<SpinBond> bonds;
  for (Index i = 0; i + 1 < d; ++i) bonds.push_back({i, i + 1, chain.K});
  if (periodic && d > 1) bonds.push_back({d - 1, 0, chain.K});
  std::vector<double> field(static_cast<std::size_t>(d), chain.inside);
  if (!periodic) {
    field.front() = d > 1 ? chain.first : chain.first - chain.inside + chain.last;
    if (d > 1) field.back() = chain.last;
  }
  bool none = true;
  for (const double h : field) none = none && h == 0;
  if (none) field.clear();
  SpinModel model{.posterior = parameters.word("target.posterior"), .address = address};
  model.graph = spin_graph(d, bonds, std::move(field));
  model.text =
      fmt::format("{} Ising chain of {} spins {}", periodic ? "periodic" : "open", d, chain.text);
  model.sides = {d};
  model.homogeneous = periodic || d == 1;
  if (!periodic && none && d > 1 && chain.K != 0) model.axes = open_axis(d, std::tanh(chain.K));
  return std::make_shared<SpinTarget>(std::move(model));
}

}  // namespace

TargetKind ising_chain() {
  return {
      .name = "ising_chain",
      .text =
          "Ising chain, or a Markov source of bits +-1, exact in O(d) by its transfer matrix "
          "(Ambrogioni 2024, section 5)",
      .keys = {deck::count_key("target", "dimension", deck::required,
                               "number of spins, or length of the bit streams, d", 1, 1e6),
               deck::word_key(
                   "target", "source", "coupling",
                   "what the chain is given by: coupling (and field), transition (stay_up "
                   "and stay_down), or file, which these are estimated from",
                   {"coupling", "transition", "file"}),
               deck::used_with(
                   "source=coupling",
                   deck::real_key("target", "coupling", "",
                                  "K = J/T of neighbours; positive: ferromagnetic", -20, 20)),
               deck::used_with("source=coupling",
                               deck::real_key("target", "field", "0",
                                              "h = field/T on every clean spin", -1e3, 1e3)),
               deck::used_with("source=transition",
                               deck::real_key("target", "stay_up", "",
                                              "P(+|+), probability that a bit 1 is followed by a 1",
                                              1e-9, 1 - 1e-9)),
               deck::used_with("source=transition",
                               deck::real_key("target", "stay_down", "",
                                              "P(-|-), probability that a bit 0 is followed by a 0",
                                              1e-9, 1 - 1e-9)),
               deck::used_with(
                   "source=file",
                   deck::plain_key(
                       deck::Kind::file, "target", "file", "",
                       "bits whose pairs of neighbours are counted: P = (n + 1/2)/(N + 1) "
                       "(Krichevsky & Trofimov 1981)")),
               deck::used_with(
                   "source=file",
                   deck::word_key(
                       "target", "bits", "auto",
                       "text: characters 0 and 1, blanks ignored; bytes: eight bits per byte, "
                       "highest first; auto: text where the file has no other characters",
                       {"auto", "text", "bytes"})),
               deck::word_key("target", "boundary", "open",
                              "open, or periodic: the last spin is coupled to the first",
                              {"open", "periodic"}),
               posterior_key()},
      .make = make_ising_chain,
      .provides = spin_parts(true)};
}

}  // namespace symbreak::target
