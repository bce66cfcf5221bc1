// The keys of a network: its worker, and the law beside it.
#include <algorithm>
#include <filesystem>
#include <sstream>

#include "sim/deck/key_forms.hpp"
#include "sim/target/network/network.hpp"

namespace symbreak::target {

TargetKind dataset();
TargetKind gaussian_mixture();

namespace {

/// The kinds that may be beside a network.
std::vector<TargetKind> companions() { return {dataset(), gaussian_mixture()}; }

/// Their keys, each read only with its own kind; of those that share a name, the first's.
std::vector<deck::Key> companion_keys() {
  std::vector<deck::Key> keys;
  for (const TargetKind& kind : companions()) {
    for (deck::Key key : kind.keys) {
      const auto known = std::ranges::find(keys, key.name, &deck::Key::name);
      if (known != keys.end()) continue;
      if (!key.fallback) key.fallback = "";  // required, but of this kind only
      keys.push_back(deck::used_with("data=" + kind.name, std::move(key)));
    }
  }
  return keys;
}

/// The target beside the network: the same keys under its own kind.
std::shared_ptr<const Target> companion(const deck::Parameters& parameters) {
  const std::string& name = parameters.word("target.data");
  if (name == "dataset" && parameters.word("target.file").empty()) {
    throw deck::KeyError("target.file", "data = dataset needs a file of clean data");
  }
  if (name == "gaussian_mixture" && parameters.word("target.means") != "symmetric") {
    throw deck::KeyError("target.means", "beside a network: symmetric");
  }
  deck::Parameters own;
  for (const TargetKind& kind : companions()) {
    if (kind.name != name) continue;
    for (const deck::Key& key : kind.keys) {
      if (parameters.has(key.path())) own.set(key.path(), parameters.value(key.path()));
    }
  }
  own.set("target.kind", {.kind = deck::Kind::word, .numbers = {}, .words = {name}});
  return build(own);
}

std::vector<Index> sides(const deck::Parameters& parameters, Index dimension) {
  std::vector<Index> lattice;
  Index sites = 1;
  for (const double side : parameters.reals("target.lattice")) {
    lattice.push_back(static_cast<Index>(side));
    sites *= lattice.back();
  }
  if (lattice.empty() || dimension % sites == 0) return lattice;
  throw deck::KeyError("target.lattice", "{} sites do not divide the {} coordinates of the data",
                       sites, dimension);
}

std::shared_ptr<const Denoiser> make_network(const deck::Parameters& parameters,
                                             const random::Address&) {
  Network::Settings settings;
  network::Launch& launch = settings.launch;
  launch.program = parameters.word("target.worker");
  if (const std::string& file = parameters.word("target.checkpoint"); !file.empty()) {
    launch.arguments.push_back(std::filesystem::absolute(file).string());
  }
  std::istringstream words(parameters.word("target.arguments"));
  for (std::string word; words >> word;) launch.arguments.push_back(word);
  launch.start_timeout = parameters.real("target.start_timeout");
  launch.timeout = parameters.real("target.timeout");
  try {
    network::command(launch);
  } catch (const network::WorkerRefusal& refusal) {
    throw deck::KeyError("target.worker", refusal.what());
  }
  std::shared_ptr<const Target> data = companion(parameters);
  settings.lattice = sides(parameters, data->dimension());
  settings.batch = parameters.integer("target.batch");
  settings.differences = parameters.word("target.jacobian") == "differences";
  settings.classify = parameters.word("target.classify") == "worker";
  settings.seconds = parameters.real("target.cost");
  return std::make_shared<Network>(std::move(settings), std::move(data));
}

constexpr const char* kName = "network";

}  // namespace

bool asks_program(const std::string& kind) { return kind == kName; }

TargetKind networks() {
  return {
      .name = kName,
      .text =
          "a network of your own: its clean mean comes from a worker, a program that you name "
          "(sim/target/network/README.md); clean data, classes and held-out data from a dataset "
          "or a known law beside it",
      .keys = deck::joined(
          {{deck::plain_key(deck::Kind::file, "target", "worker", deck::required,
                            "program that answers with clean means; it is started itself if it may "
                            "be executed, by python3 if not and its name ends in .py"),
            deck::plain_key(deck::Kind::file, "target", "checkpoint", "",
                            "file of weights: the worker's first argument; it belongs to the "
                            "identity of the point, and can be swept"),
            deck::plain_key(deck::Kind::text, "target", "arguments", "",
                            "further arguments of the worker, separated by blanks"),
            deck::list_of(deck::count_key("target", "lattice", "",
                                          "sides of the lattice (28, 28) whose sites the "
                                          "coordinates are, channel after channel; default: none")),
            deck::word_key("target", "jacobian", "auto",
                           "Jacobian products: auto: by the worker where it can, else by "
                           "differences; differences: central, with a step chosen from the "
                           "rounding seen",
                           {"auto", "differences"}),
            deck::word_key("target", "classify", "data",
                           "who tells the class of a state: the data beside the network (its "
                           "nearest datum, or its likeliest class), or the worker",
                           {"data", "worker"}),
            deck::count_key("target", "batch", "256", "most states in one question to the worker",
                            1, 1e6),
            deck::with_role(deck::Role::control,
                            deck::real_key("target", "cost", "1e-5",
                                           "seconds that the worker needs for a clean mean of one "
                                           "state: for the times that `check` and `run` tell",
                                           0, 1e6)),
            {.section = "target",
             .name = "timeout",
             .kind = deck::Kind::duration,
             .fallback = "600 s",
             .unit = "s",
             .text = "longest time for an answer; the worker is ended after it",
             .minimum = 0,
             .open_minimum = true,
             .role = deck::Role::control},
            {.section = "target",
             .name = "start_timeout",
             .kind = deck::Kind::duration,
             .fallback = "120 s",
             .unit = "s",
             .text = "longest time until the worker says that it is ready",
             .minimum = 0,
             .open_minimum = true,
             .role = deck::Role::control},
            deck::word_key("target", "data", "dataset",
                           "what is beside the network: clean data, their classes, held-out data",
                           {"dataset", "gaussian_mixture"})},
           companion_keys()}),
      .make = make_network,
      .provides = {Part::denoiser, Part::clean_data, Part::lattice, Part::class_score}};
}

}  // namespace symbreak::target
