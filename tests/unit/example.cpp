// The worked example of sim/README.md: an observable that is measured, judged and drawn, end to end,
// and what does not compile.
#include <catch2/catch.hpp>

#include "analysis/findings/common/grouping.hpp"
#include "sim/measure/experiment.hpp"

using namespace symbreak;

namespace {

// 1. analysis/findings/<kind>/observables.hpp
namespace observable {
inline constexpr verdict::ObservableName kurtosis{"kurtosis"};
inline constexpr verdict::ObservableName undeclared{"undeclared"};
}  // namespace observable
namespace prediction {
inline constexpr verdict::PredictionName kurtosis{"kurtosis"};
}  // namespace prediction

// 2. sim/experiment/<kind>
class Sampler final : public measure::Simulation {
 public:
  explicit Sampler(const measure::UnitAddress& address)
      : stream_(address.stream(random::Purpose::toy)) {}
  std::int64_t blocks() const override { return 64; }
  void advance(measure::Recorder& recorder) override {
    constexpr int kSamples = 1000;
    double second = 0, fourth = 0;
    for (int i = 0; i < kSamples; ++i) {
      const double square = std::pow(stream_.normal(), 2);
      second += square / kSamples;
      fourth += square * square / kSamples;
    }
    recorder.measure(observable::kurtosis, fourth / (second * second) - 3);
  }
  void save(measure::State& state) const override {
    state.integers["stream"] = {stream_.position()};
  }
  void load(const measure::State& state) override { stream_.seek(state.integers.at("stream")[0]); }

 private:
  random::Stream stream_;
};

class Example final : public measure::Experiment {
 public:
  std::vector<measure::ObservableInfo> observables() const override {
    return {{.name = observable::kurtosis, .text = "<x^4>/<x^2>^2 - 3 of one block of samples"}};
  }
  std::vector<verdict::Prediction> predictions() const override {
    return {{prediction::kurtosis, 0, "a Gaussian"}};
  }
  double seconds_per_unit() const override { return 1e-3; }
  std::size_t memory_per_unit() const override { return 1000; }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress& address) const override {
    return std::make_unique<Sampler>(address);
  }
};

// 3. analysis/findings/<kind>/findings.cpp
verdict::Findings analyse(const verdict::Result& result) {
  verdict::Findings all;
  for (const verdict::Point& point : result.points) {
    if (!point.complete) continue;
    findings::judge(all, "kurtosis", findings::swept_keys(result, point),
                    findings::value_of(point, observable::kurtosis),
                    {*point.prediction(prediction::kurtosis), 0},
                    point.source(prediction::kurtosis), "all blocks");
  }
  return all;
}

template <class Name>
concept can_be_measured = requires(measure::Recorder& recorder, Name name) {
  recorder.measure(name, 1.0);
};
template <class Name>
concept can_be_found = requires(const verdict::Point& point, Name name) {
  point.find(name);
};

}  // namespace

TEST_CASE("What was not declared does not compile, or says its name") {
  STATIC_REQUIRE(can_be_measured<verdict::ObservableName>);
  STATIC_REQUIRE(can_be_found<verdict::ObservableName>);
  STATIC_REQUIRE_FALSE(can_be_measured<const char*>);
  STATIC_REQUIRE_FALSE(can_be_measured<std::string>);
  STATIC_REQUIRE_FALSE(can_be_measured<verdict::PredictionName>);
  STATIC_REQUIRE_FALSE(can_be_found<const char*>);
  STATIC_REQUIRE_FALSE(can_be_found<verdict::FactName>);

  measure::Recorder recorder(Example().observables());
  CHECK_THROWS_WITH(recorder.measure(observable::undeclared, 1.0),
                    Catch::Contains("undeclared was not declared"));
  CHECK_THROWS_WITH(verdict::Point{}.at(observable::undeclared),
                    Catch::Contains("no observable undeclared"));
}

TEST_CASE("The worked example of sim/README.md runs from measurement to verdict") {
  const Example example;
  verdict::Result result;
  verdict::Point& point = result.points.emplace_back();
  verdict::Observable measured{.name = observable::kurtosis.string(),
                               .unit = {},
                               .text = {},
                               .shape = {},
                               .estimate = {},
                               .units = {}};
  for (std::uint32_t replica = 0; replica < 4; ++replica) {
    measure::Recorder recorder(example.observables());
    const auto unit = example.start({.seed = 2, .replica = replica});
    for (std::int64_t block = 0; block < unit->blocks(); ++block) unit->advance(recorder);
    measured.units.push_back(recorder.finish().front());
  }
  measured.estimate = statistics::combine(measured.units, statistics::Grouping::replicas);
  point.observables[measured.name] = measured;
  point.predictions = example.predictions();
  const verdict::Findings all = analyse(result);
  REQUIRE(all.verdicts.size() == 1);
  // A block's kurtosis is biased by -6/n (Joanes & Gill 1998), far below its error here.
  CHECK(all.verdicts.front().error < 0.02);
  CHECK(all.verdicts.front().agrees());
  point.predictions = {{prediction::kurtosis, 0.2, "wrong on purpose"}};
  CHECK_FALSE(analyse(result).verdicts.front().agrees());
}
