#include "sim/experiment/three_way/scores.hpp"

#include <fmt/format.h>

#include <set>

#include "sim/deck/optional_keys.hpp"
#include "sim/experiment/common/lattice_images.hpp"
#include "sim/experiment/common/networks_beside.hpp"
#include "sim/target/closed/gaussian_score.hpp"
#include "sim/target/network/network.hpp"
#include "sim/target/patch/machine.hpp"

namespace symbreak::experiment::three_way {

using findings::three_way::kMost;
using findings::three_way::kSorts;

namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::array<std::pair<const char*, Sort>, 4> kListed = {
    {{"experiment.memorizing_n", Sort::memorizing},
     {"experiment.patches", Sort::real},
     {"experiment.workers", Sort::network},
     {"experiment.checkpoints", Sort::network}}};

/// The solvable model on a lattice of this side.
std::shared_ptr<const target::Denoiser> uniform_patches(Index side, Index patch) {
  deck::Parameters model;
  const auto integer = [&](const std::string& name, Index value) {
    model.set("target." + name,
              {.kind = deck::Kind::integer, .numbers = {static_cast<double>(value)}, .words = {}});
  };
  model.set("target.kind", {.kind = deck::Kind::word, .numbers = {}, .words = {"uniform_patches"}});
  integer("side", side);
  integer("patch", patch);
  return target::build_denoiser(model);
}

/// Numbers of a list, none of them twice; empty where it is not set.
std::vector<Index> numbers_of(const deck::Parameters& parameters, const std::string& key) {
  std::vector<Index> all;
  if (!parameters.has(key)) return all;
  for (const double number : parameters.reals(key)) {
    const auto value = static_cast<Index>(number);
    refuse_if(std::ranges::find(all, value) != all.end(), key, fmt::format("{} twice", value));
    all.push_back(value);
  }
  return all;
}

class Maker {
 public:
  Maker(const deck::Parameters& parameters, Setting& setting, Moments& moments)
      : p_(parameters), s_(setting), moments_(moments), asked_(lattice_score(parameters)) {
    network_ = target::part<target::Network>(*asked_.denoiser);
    points_ = network_ ? target::part<target::FiniteSupport>(*network_->data()) : nullptr;
    refuse_if(points_ == nullptr && (asked_.patches == nullptr || !p_.has("target.file")),
              "target.kind",
              "three_way compares scores of the same images: it needs local windows of the images "
              "of a file, or a network beside a dataset");
    choose();
    memorized_ = numbers_of(p_, "experiment.memorizing_n");
    const Index most = memorized_.empty() ? deck::count_or(p_, "experiment.images", 500)
                                          : *std::ranges::max_element(memorized_);
    s_.images =
        points_ ? images_of(*points_, asked_.denoiser->lattice(), most) : target::read_images(p_);
    const Index dimension = asked_.denoiser->dimension();
    refuse_if(s_.images.height != s_.images.width || s_.images.count() < 2 ||
                  dimension != s_.images.values.rows() ||
                  (points_ && dimension != s_.images.height * s_.images.width),
              "target.file",
              "three_way needs at least two square images of one channel, and a score of their "
              "size");
    refuse_if(std::min(s_.images.height / 2 + 1, s_.images.count()) < kModes, "target.file",
              fmt::format("three_way measures {} Fourier modes and as many prototypes: images are "
                          "too small or too few",
                          kModes));
  }

  void make() {
    if (has(Sort::model)) {
      const Index patch = p_.integer("experiment.model_patch");
      target::check_side("experiment.model_patch", patch, s_.images.width, true);
      add(Sort::model, lattice_of(uniform_patches(s_.images.width, patch)));
    }
    if (has(Sort::memorizing)) memorizing();
    if (has(Sort::gaussian)) gaussian();
    if (has(Sort::real)) points_ ? machines_beside_network() : machines_of_target();
    if (has(Sort::network)) {
      add(Sort::network, asked_);
      for (const NetworkBeside& beside : networks_beside(p_)) {
        add(Sort::network, lattice_of(target::build_denoiser(beside.point)), 0, beside.key);
      }
    }
  }

 private:
  bool has(Sort sort) const { return chosen_.contains(sort); }

  void choose() {
    const std::string key = "experiment.scores";
    if (p_.has(key)) {
      for (const std::string& word : p_.words(key)) {
        const auto at =
            std::ranges::find(kSorts, word, [](auto* each) { return std::string(each); });
        const bool first = chosen_.insert(static_cast<Sort>(at - kSorts.begin())).second;
        refuse_if(!first, key,
                  fmt::format("'{}' twice; several scores of one sort are named by lists: "
                              "memorizing_n, patches, workers, checkpoints",
                              word));
      }
    } else {
      chosen_ = {Sort::model, Sort::memorizing, Sort::real};
      if (network_) chosen_.insert(Sort::network);
    }
    refuse_if(has(Sort::network) && network_ == nullptr, key,
              fmt::format("no network here: target.kind = {}, and a network is the target itself "
                          "(kind = network, which names its worker; others beside it: "
                          "experiment.workers, experiment.checkpoints)",
                          p_.word("target.kind")));
    for (const auto& [list, sort] : kListed) {
      const auto* word = kSorts[static_cast<std::size_t>(sort)];
      refuse_if(p_.has(list) && !has(sort), list,
                fmt::format("there is no '{}' among experiment.scores that it is for", word));
    }
  }

  /// `key`: what to blame for too many.
  void add(Sort sort, LatticeScore score, Index number = 0, const std::string& key = "") {
    const auto place = static_cast<std::size_t>(
        std::ranges::count(s_.scores, sort, [](const Score& each) { return each.names->sort; }));
    refuse_if(place >= kMost, key, fmt::format("more than {} scores of one sort", kMost));
    s_.scores.push_back({&findings::three_way::names(sort, place), std::move(score), number});
  }

  void memorizing() {
    const std::string key = "experiment.memorizing_n";
    if (memorized_.empty()) memorized_ = {s_.images.count()};
    for (const Index count : memorized_) {
      refuse_if(count > s_.images.count(), key,
                fmt::format("there are {} images, and {} are asked for", s_.images.count(), count));
      refuse_if(count < kModes, key,
                fmt::format("{} prototypes are measured: {} images are too few", kModes, count));
      target::Images first = s_.images;
      if (count < first.count()) {
        first.values = s_.images.values.leftCols(count);
        first.text = fmt::format("{} images", count);
      }
      add(Sort::memorizing, lattice_of(target::build_machine({"is", {{1}, {}}, 0, false}, first)),
          count, key);
    }
  }

  void gaussian() {
    const Index d = s_.images.values.rows();
    constexpr Index kLargest = 4096;  // sides of 64: d^3 numbers of work
    std::optional<MatrixXd> covariance;
    if (network_ != nullptr) {
      moments_.mean = network_->data()->mean_of_target();
      covariance = network_->data()->covariance();
    } else if (d <= kLargest) {
      moments_.mean = s_.images.values.rowwise().mean();
      const MatrixXd centred = s_.images.values.colwise() - moments_.mean;
      covariance = centred * centred.transpose() / static_cast<double>(centred.cols());
    }
    refuse_if(!covariance, "experiment.scores",
              fmt::format("gaussian: no covariance of {} pixels is made", d));
    moments_.covariance = *covariance;
    add(Sort::gaussian, lattice_of(target::gaussian_score(moments_.mean, moments_.covariance,
                                                          {s_.images.height, s_.images.width})));
  }

  /// One for each of `patches`; the target is the one of its own side, or comes before them.
  void machines_of_target() {
    const std::string key = "experiment.patches";
    std::vector<Index> sides = numbers_of(p_, key);
    const Index own = deck::count_or(p_, "target.patch", 0);
    if (std::ranges::find(sides, own) == sides.end()) sides.insert(sides.begin(), own);
    for (const Index side : sides) {
      if (side == own) {
        add(Sort::real, asked_, side);
        continue;
      }
      target::MachineSettings settings =
          target::machine_settings(p_, p_.word("target.precision") == "single");
      settings.scales = {{side}, {}};
      target::check_side(key, side, s_.images.width, settings.machine != "ls");
      add(Sort::real, lattice_of(target::build_machine(settings, s_.images)), side, key);
    }
  }

  void machines_beside_network() {
    const bool several = p_.has("experiment.patches");
    const std::string key = several ? "experiment.patches" : "experiment.patch";
    std::vector<Index> sides = numbers_of(p_, "experiment.patches");
    if (!several) sides = {deck::count_or(p_, "experiment.patch", 5)};
    const target::Images images = images_of(*points_, asked_.denoiser->lattice(),
                                            deck::count_or(p_, "experiment.patch_images", 60));
    const std::string machine =
        p_.has("experiment.machine") ? p_.word("experiment.machine") : "els_valid";
    for (const Index side : sides) {
      target::check_side(key, side, s_.images.width, true);
      add(Sort::real,
          lattice_of(target::build_machine({.machine = machine, .scales = {{side}, {}}}, images)),
          side, key);
    }
  }

  const deck::Parameters& p_;
  Setting& s_;
  Moments& moments_;
  LatticeScore asked_;
  const target::Network* network_ = nullptr;
  const target::FiniteSupport* points_ = nullptr;  ///< beside the network
  std::set<Sort> chosen_;
  std::vector<Index> memorized_;
};

}  // namespace

void make_scores(const deck::Parameters& parameters, Setting& setting, Moments& moments) {
  Maker(parameters, setting, moments).make();
}

std::vector<deck::Key> score_keys() {
  const auto of_network = [&](deck::Key key) {
    return deck::used_with("target.kind=network", deck::optional_key(std::move(key)));
  };
  return deck::joined(
      {{deck::count_key("experiment", "model_patch", "5", "patch side P of the uniform-patch model",
                        1, 1e6),
        deck::optional_key(deck::list_of(deck::word_key(
            "experiment", "scores", "",
            "scores on the same axes: model: uniform patches; memorizing: exact, of whole images; "
            "gaussian: of their mean and covariance, linear; real: patch machines of them; "
            "network; "
            "default: all that there are but gaussian",
            {kSorts.begin(), kSorts.end()}))),
        deck::optional_key(deck::list_of(deck::count_key(
            "experiment", "memorizing_n", "",
            "one memorizing score of the first so many images for each; default: one of all", 1,
            1e6))),
        deck::optional_key(
            deck::list_of(deck::count_key("experiment", "patches", "",
                                          "one patch machine of this side (odd) for each, "
                                          "beside that of the target",
                                          1, 1e6))),
        deck::used_with("!memorizing_n",
                        of_network(deck::count_key("experiment", "images", "",
                                                   "training images of the memorizing score, the "
                                                   "first ones; default: 500",
                                                   2, 1e6))),
        deck::used_with("!patches",
                        of_network(deck::count_key(
                            "experiment", "patch", "",
                            "patch side of the patch machine (odd); default: 5", 1, 1e6))),
        of_network(deck::word_key("experiment", "machine", "",
                                  "which patch machine, as in image_patches; default: "
                                  "els_valid",
                                  {"ls", "els_valid", "els_wrapped", "bbels"})),
        of_network(deck::count_key("experiment", "patch_images", "",
                                   "training images that it is made of, the first ones; "
                                   "default: 60",
                                   1, 1e6))},
       networks_beside_keys()});
}

}  // namespace symbreak::experiment::three_way
