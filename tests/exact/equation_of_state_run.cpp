#include "equation_of_state_run.hpp"

#include <fmt/format.h>

#include "sim/experiment/registry.hpp"

namespace symbreak::test {

deck::Deck deck_of(const std::string& keys) {
  return deck::parse("[run]\nname = test\nseed = 1\n" + keys, "test.ini", {}, experiment::decks());
}

static verdict::Result solve(const deck::Deck& deck) {
  const auto& kind = experiment::kind("equation_of_state");
  verdict::Result result;
  result.swept = deck.swept;
  for (const deck::Setting& setting : deck.settings) result.settings[setting.path] = setting.text;
  result.experiment = kind.name;
  for (const deck::Parameters& parameters : deck.points) {
    const auto experiment = kind.make(parameters);
    const auto infos = experiment->observables();
    measure::Recorder recorder(infos);
    const auto unit = experiment->start({.seed = 1, .point = parameters.identity()});
    for (std::int64_t block = 0; block < unit->blocks(); ++block) unit->advance(recorder);
    const auto series = recorder.finish();
    verdict::Point point;
    point.id = fmt::format("{:016x}", parameters.identity());
    for (const auto& [path, value] : parameters.all()) point.parameters[path] = value.canonical();
    point.facts = experiment->facts();
    point.predictions = experiment->predictions();
    for (std::size_t i = 0; i < infos.size(); ++i) {
      verdict::Observable observable{.name = infos[i].name.string(),
                                     .unit = infos[i].unit,
                                     .text = infos[i].text,
                                     .shape = infos[i].shape,
                                     .origin = infos[i].origin,
                                     .estimate = {},
                                     .units = {}};
      observable.estimate.mean = series[i].mean;
      observable.estimate.error = series[i].variance.cwiseSqrt();
      point.observables[infos[i].name.string()] = observable;
    }
    result.points.push_back(point);
  }
  return result;
}

verdict::Result solve(const std::string& keys) { return solve(deck_of(keys)); }

verdict::Result solve_file(const std::string& path) {
  return solve(deck::load(std::string(SYMBREAK_SOURCE_DIR) + "/" + path, {}, experiment::decks()));
}

}  // namespace symbreak::test
