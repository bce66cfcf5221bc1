// Adding an experiment: its folder here, its twin in analysis/findings, a line in each registry.
#include "sim/experiment/registry.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/data/contents.hpp"
#include "sim/diffusion/channel/channel.hpp"
#include "sim/diffusion/forward.hpp"
#include "sim/experiment/common/networks_beside.hpp"
#include "sim/target/network/network.hpp"

namespace symbreak::experiment {

// clang-format off
namespace equation_of_state { ExperimentKind kind(); }
namespace copies { ExperimentKind kind(); }
namespace generation { ExperimentKind kind(); }
namespace condensation { ExperimentKind kind(); }
namespace fast_samplers { ExperimentKind kind(); }
namespace fluctuations { ExperimentKind kind(); }
namespace commitment { ExperimentKind kind(); }
namespace field_scan { ExperimentKind kind(); }
namespace mode_softening { ExperimentKind kind(); }
namespace pattern_formation { ExperimentKind kind(); }
namespace creativity { ExperimentKind kind(); }
namespace three_way { ExperimentKind kind(); }
namespace entropy_clock { ExperimentKind kind(); }
namespace late_start { ExperimentKind kind(); }
namespace speciation { ExperimentKind kind(); }
namespace u_turn { ExperimentKind kind(); }
namespace guidance { ExperimentKind kind(); }
namespace guided_generation { ExperimentKind kind(); }
namespace locality { ExperimentKind kind(); }
namespace rem { ExperimentKind kind(); }
namespace retrieval { ExperimentKind kind(); }
namespace random_hierarchy { ExperimentKind kind(); }
namespace training { ExperimentKind kind(); }
namespace samples { ExperimentKind kind(); }
namespace score_comparison { ExperimentKind kind(); }
namespace discrete_clock { ExperimentKind kind(); }
namespace discrete_condensation { ExperimentKind kind(); }
namespace discrete_generation { ExperimentKind kind(); }
namespace score_spectrum { ExperimentKind kind(); }
namespace toy { ExperimentKind kind(); }
// clang-format on

namespace {

bool meets(const target::TargetKind& target, const ExperimentKind& kind) {
  return std::all_of(kind.needs.begin(), kind.needs.end(),
                     [&](target::Part part) { return target::provides(target, part); });
}

/// Refuses a target that lacks what the experiment needs.
void require(const ExperimentKind& kind, const deck::Parameters& point) {
  const target::TargetKind& target = target::kind(point.word("target.kind"));
  for (const target::Part part : kind.needs) {
    if (target::provides(target, part)) continue;
    throw deck::KeyError(
        "target.kind",
        fmt::format("experiment '{}' needs {}, which '{}' has not; it runs on {}; '{}' can run {}",
                    kind.name, target::name(part), target.name, fmt::join(targets_of(kind), ", "),
                    target.name, fmt::join(experiments_of(target), ", ")));
  }
}

/// Refuses times beyond the end of the clock, or where it has left what double precision holds
/// (ornstein_uhlenbeck: e^{2t} - 1 beyond t = 345).
void require_times(const deck::Parameters& point) {
  const diffusion::Forward forward(point);
  // Channels of spins read the clock by themselves (SpinClock), where they have one.
  const bool spins = point.has("forward.channel") && point.word("forward.channel") != "gaussian";
  for (const std::string path : {"experiment.t", "experiment.t_start", "experiment.t_end"}) {
    const auto times = point.has(path) ? point.value(path).numbers : std::vector<double>();
    for (const double t : times) {
      if (!spins) diffusion::require_time(forward, t, path);
      const double noise = t == 0 ? 1 : forward.at(t).noise();  // 0 stands for a default
      if (noise > 1e-300 && noise < 1e300) continue;
      throw deck::KeyError(path,
                           "at t = {} the noise of this clock, sigma^2 t = {:.3g} in the "
                           "Brownian gauge, is out of the range of double precision",
                           t, noise);
    }
  }
}

std::vector<ExperimentKind> all_kinds() {
  // clang-format off
  std::vector<ExperimentKind> all = {
      equation_of_state::kind(),
      copies::kind(),
      generation::kind(),
      condensation::kind(),
      fast_samplers::kind(),
      fluctuations::kind(),
      commitment::kind(),
      field_scan::kind(),
      mode_softening::kind(),
      pattern_formation::kind(),
      creativity::kind(),
      three_way::kind(),
      entropy_clock::kind(),
      late_start::kind(),
      speciation::kind(),
      u_turn::kind(),
      guidance::kind(),
      guided_generation::kind(),
      locality::kind(),
      rem::kind(),
      retrieval::kind(),
      random_hierarchy::kind(),
      training::kind(),
      samples::kind(),
      score_comparison::kind(),
      discrete_clock::kind(),
      discrete_condensation::kind(),
      discrete_generation::kind(),
      score_spectrum::kind(),
      toy::kind(),
  };
  // clang-format on
  for (ExperimentKind& kind : all) {
    kind.make = [name = kind.name, make = kind.make](const deck::Parameters& point) {
      require(experiment::kind(name), point);
      require_times(point);
      return make(point);
    };
  }
  return all;
}

}  // namespace

const std::vector<ExperimentKind>& kinds() {
  static const std::vector<ExperimentKind> all = all_kinds();
  return all;
}

std::vector<std::string> targets_of(const ExperimentKind& kind) {
  std::vector<std::string> names;
  for (const target::TargetKind& target : target::kinds()) {
    if (meets(target, kind)) names.push_back(target.name);
  }
  return names;
}

std::vector<std::string> experiments_of(const target::TargetKind& target) {
  std::vector<std::string> names;
  for (const ExperimentKind& kind : kinds()) {
    if (meets(target, kind)) names.push_back(kind.name);
  }
  return names;
}

const ExperimentKind& kind(const std::string& name) {
  for (const ExperimentKind& candidate : kinds()) {
    if (candidate.name == name) return candidate;
  }
  throw deck::KeyError("experiment.kind", fmt::format("no experiment '{}'", name));
}

std::vector<std::shared_ptr<const void>> begin(
    deck::Deck& deck, const std::function<void(const std::string&)>& tell) {
  std::vector<std::shared_ptr<const void>> alive;
  std::map<const target::Network*, std::string> said;
  std::map<std::string, std::vector<std::string>> all;  // by key, distinct, as the points go
  for (deck::Parameters& point : deck.points) {
    if (!target::asks_program(point.word("target.kind"))) continue;
    std::vector<NetworkBeside> networks = networks_beside(point);
    networks.insert(networks.begin(), {point, "target.worker", 0});
    target::keep_workers(networks.size());
    for (const NetworkBeside& one : networks) {
      const auto denoiser = target::build_denoiser(one.point);
      const auto* network = target::part<target::Network>(*denoiser);
      if (!said.contains(network)) {
        alive.push_back(denoiser);
        tell(network->program());
        said[network] = network->begin();
      }
      const std::string& text = said[network];
      auto& told = all[one.key];
      if (!text.empty() && std::ranges::find(told, text) == told.end()) told.push_back(text);
      deck::Value files = point.value(one.key);
      if (one.place < files.contents.size()) files.contents[one.place] += " " + text;
      point.set(one.key, std::move(files));
    }
  }
  for (deck::Setting& setting : deck.settings) {
    if (const auto told = all.find(setting.path); told != all.end() && !told->second.empty()) {
      setting.contents += fmt::format(" {}", fmt::join(told->second, "; "));
    }
  }
  return alive;
}

namespace {

/// "key = value" lines of the keys that a deck has to give, with something that they allow; files
/// cannot be made up.
std::string required(const std::vector<deck::Key>& keys, const std::string& section) {
  constexpr double kInteger = 20, kReal = 1;
  std::string lines;
  for (const deck::Key& key : keys) {
    if (key.fallback || key.section != section) continue;
    const bool integer = key.kind == deck::Kind::integer;
    if (integer || key.kind == deck::Kind::real) {
      const double value = std::clamp(integer ? kInteger : kReal, key.minimum, key.maximum);
      lines += fmt::format("{} = {}\n", key.name, value);
    } else if (!key.choices.empty()) {
      lines += fmt::format("{} = {}\n", key.name, key.choices.front());
    }
  }
  return lines;
}

/// What a kind records on the first target that it can be set up on, every other key at its default.
std::pair<std::string, std::vector<layout::Definition>> recorded_by(const std::string& name) {
  const ExperimentKind& experiment = kind(name);
  for (const std::string& target : targets_of(experiment)) {
    std::string text = "[run]\nseed = 1\n[forward]\n[target]\nkind = " + target + "\n" +
                       required(target::kind(target).keys, "target");
    for (const std::string section : {"experiment", "sampling"}) {
      text += "[" + section + "]\n" + (section == "experiment" ? "kind = " + name + "\n" : "") +
              required(target::kind(target).keys, section) + required(experiment.keys, section);
    }
    try {
      const deck::Deck deck = deck::parse(text, "default.ini", {}, decks());
      std::vector<layout::Definition> all;
      for (const auto& info : experiment.make(deck.first())->observables()) {
        all.push_back(measure::described(info));
      }
      return {target, all};
    } catch (const deck::Errors&) {  // needs a file, or other keys: the next target
    }
  }
  return {};
}

}  // namespace

deck::Catalogue decks() {
  deck::Catalogue result;
  result.common = deck::common_keys();
  for (const deck::Key& key : diffusion::Forward::keys()) result.common.push_back(key);
  for (const target::TargetKind& target : target::kinds()) {
    result.targets.push_back({target.name, target.text, target.keys, experiments_of(target)});
  }
  for (const ExperimentKind& kind : kinds()) {
    result.experiments.push_back({kind.name, kind.text, kind.keys, targets_of(kind),
                                  [name = kind.name] { return recorded_by(name); }});
  }
  result.critical = [](const deck::Parameters& point) {
    const ExperimentKind& kind = experiment::kind(point.word("experiment.kind"));
    if (!kind.critical) {
      throw deck::KeyError(
          "experiment.t",
          "experiment '" + kind.name + "' has no critical value to centre on; give numbers");
    }
    return kind.critical(point);
  };
  result.contents = [](const std::string& path) -> std::string {
    try {
      return data::content_hash(path);
    } catch (const std::runtime_error&) {
      return "";
    }
  };
  // The last experiment stays alive, and with it its target: a data file is read once, not once per
  // point of a sweep.
  result.validate = [last = std::make_shared<std::unique_ptr<measure::Experiment>>()](
                        const deck::Parameters& point) {
    *last = kind(point.word("experiment.kind")).make(point);
  };
  return result;
}

measure::Catalogue catalogue() {
  const auto kind_of = [](const deck::Parameters& point) -> const ExperimentKind& {
    return kind(point.word("experiment.kind"));
  };
  return {
      .make = [=](const deck::Parameters& point) { return kind_of(point).make(point); },
      .expand =
          [=](std::vector<deck::Parameters> points) {
            const ExperimentKind& kind = kind_of(points.front());
            if (!kind.expand) return points;
            for (deck::Parameters& extra : kind.expand(points)) points.push_back(std::move(extra));
            return points;
          },
      .headline =
          [](const deck::Parameters& point) {
            std::string kind = point.word("experiment.kind");
            std::replace(kind.begin(), kind.end(), '_', ' ');  // names of files stay as they are
            return fmt::format("{} of {}, {}", kind, target::describe(point),
                               diffusion::describe_forward(point));
          },
      .quenched = [](const std::string& target) { return target::kind(target).disordered; },
  };
}

}  // namespace symbreak::experiment
