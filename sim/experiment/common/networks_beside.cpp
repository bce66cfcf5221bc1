#include "sim/experiment/common/networks_beside.hpp"

#include "sim/deck/optional_keys.hpp"

namespace symbreak::experiment {

namespace {

constexpr const char* kWorkers = "experiment.workers";
constexpr const char* kCheckpoints = "experiment.checkpoints";

/// One file of a list as the value of a key for one file.
deck::Value file_of(const deck::Value& list, std::size_t place) {
  deck::Value one = list;
  one.arity = deck::Arity::scalar;
  const auto keep = [place](std::vector<std::string>& texts) {
    if (!texts.empty()) texts = {texts.at(place)};
  };
  keep(one.words);
  keep(one.paths);
  keep(one.contents);
  return one;
}

}  // namespace

std::vector<NetworkBeside> networks_beside(const deck::Parameters& point) {
  const auto count = [&](const char* key) {
    return point.has(key) ? point.value(key).words.size() : 0;
  };
  const std::size_t workers = count(kWorkers), checkpoints = count(kCheckpoints);
  if (workers > 0 && checkpoints > 0 && workers != checkpoints) {
    throw deck::KeyError(kCheckpoints,
                         "{} checkpoints for {} workers: each worker has its own, or leave "
                         "`workers` out to give them all to target.worker",
                         checkpoints, workers);
  }
  std::vector<NetworkBeside> all;
  for (std::size_t place = 0; place < std::max(workers, checkpoints); ++place) {
    NetworkBeside beside{point, workers > 0 ? kWorkers : kCheckpoints, place};
    if (workers > 0) {
      beside.point.set("target.worker", file_of(point.value(kWorkers), place));
      beside.point.set("target.checkpoint",
                       {.kind = deck::Kind::file, .numbers = {}, .words = {""}});
    }
    if (checkpoints > 0) {
      beside.point.set("target.checkpoint", file_of(point.value(kCheckpoints), place));
    }
    all.push_back(std::move(beside));
  }
  return all;
}

std::vector<deck::Key> networks_beside_keys() {
  std::vector<deck::Key> keys = {
      deck::list_of(deck::plain_key(deck::Kind::file, "experiment", "workers", "",
                                    "programs of further networks, beside target.worker")),
      deck::list_of(deck::plain_key(deck::Kind::file, "experiment", "checkpoints", "",
                                    "weights of further networks, beside target.checkpoint: one "
                                    "for each of `workers`, or all "
                                    "for target.worker"))};
  for (deck::Key& key : keys) {
    key = deck::used_with("target.kind=network", deck::optional_key(std::move(key)));
  }
  return keys;
}

}  // namespace symbreak::experiment
