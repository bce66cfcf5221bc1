// What `check` says about time: costs of units tried in a child process, whatever a unit does.
#include "sim/ensemble/trial.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <thread>

#include "sim/ensemble/text.hpp"
#include "tests/unit/deck_catalogue.hpp"

namespace symbreak::ensemble {

namespace {

/// Blocks that take 2 ms of processor time at t = 1 and 4 ms at t = 2, the first one three times that.
struct Busy : measure::Simulation {
  explicit Busy(double t) : seconds(0.002 * t) {}
  std::int64_t blocks() const override { return 10; }
  void advance(measure::Recorder&) override { wait(block++ == 0 ? 3 * seconds : seconds); }
  static void wait(double wanted) {
    const std::clock_t begin = std::clock();
    while (static_cast<double>(std::clock() - begin) < wanted * CLOCKS_PER_SEC) {
    }
  }
  void save(measure::State&) const override {}
  void load(const measure::State&) override {}
  double seconds;
  int block = 0;
};

struct Never : Busy {
  using Busy::Busy;
  void advance(measure::Recorder&) override { std::this_thread::sleep_for(std::chrono::hours(1)); }
};

/// A burn-in that takes longer than all the time of a point.
struct Burning : Busy {
  using Busy::Busy;
  void advance(measure::Recorder& recorder) override {
    if (block == 0) wait(0.6);
    Busy::advance(recorder);
  }
};

struct Crashing : Busy {
  using Busy::Busy;
  void advance(measure::Recorder&) override { std::abort(); }
};

template <class Unit>
struct Fake : measure::Experiment {
  explicit Fake(double t) : t_(t) {}
  std::vector<measure::ObservableInfo> observables() const override { return {}; }
  std::int64_t replicas() const override { return 5; }
  double seconds_per_unit() const override { return 1e-4; }  // a tenth and less of the truth
  std::size_t memory_per_unit() const override { return 1000; }
  std::unique_ptr<measure::Simulation> start(const measure::UnitAddress&) const override {
    return std::make_unique<Unit>(t_);
  }
  double t_;
};

template <class Unit>
Plan plan_of() {
  const measure::Catalogue catalogue{
      .make = [](const deck::Parameters& parameters) -> std::unique_ptr<measure::Experiment> {
        return std::make_unique<Fake<Unit>>(parameters.real("experiment.t"));
      },
      .expand = [](std::vector<deck::Parameters> points) { return points; },
      .headline = [](const deck::Parameters&) { return std::string(); },
      .quenched = [](const std::string&) { return false; }};
  const deck::Deck deck = deck::parse(
      "[run]\nname = fake\nseed = 1\n[target]\nkind = sphere\ndimension = 2\n"
      "[experiment]\nkind = equation_of_state\nt = 1, 2\n",
      "fake.ini", {}, deck::small_catalogue());
  return plan(deck, catalogue);
}

double seconds_of(Plan& plan) {
  const double begin = steady();
  time_units(plan);
  return steady() - begin;
}

}  // namespace

TEST_CASE("Trial: units cost what they take, not what was thought", "[unit]") {
  Plan plan = plan_of<Busy>();
  CHECK(plan.seconds() == Approx(10 * 1e-4));
  time_units(plan);
  REQUIRE(plan.timed == 2);
  // 12 blocks of 2 and of 4 ms; processor clocks tick in steps, blocks end a little late.
  CHECK(plan.units[0].seconds == Approx(0.024).epsilon(0.3));
  CHECK(plan.units[5].seconds == Approx(0.048).epsilon(0.3));
  CHECK(plan.seconds() == Approx(5 * (0.024 + 0.048)).epsilon(0.3));
}

TEST_CASE("Trial: a long first block does not stand for the later ones", "[unit]") {
  Plan plan = plan_of<Burning>();
  time_units(plan);
  REQUIRE(plan.timed >= 1);
  CHECK(plan.units[0].seconds > 0.6);
  CHECK(plan.units[0].seconds < 1.2);
}

TEST_CASE("Trial: a unit that never ends, and one that crashes", "[unit]") {
  Plan never = plan_of<Never>(), crashing = plan_of<Crashing>();
  CHECK(seconds_of(never) < 10);
  CHECK(never.timed == 0);
  CHECK(never.seconds() == Approx(10 * 1e-4));
  time_units(crashing);
  CHECK(crashing.timed == 0);
}

TEST_CASE("Trial: nothing is started where a program of the user's belongs to the deck", "[unit]") {
  Plan plan = plan_of<Busy>();
  plan.settings.push_back({"target.worker", "my_net.py", "deck.ini:3", {}});
  time_units(plan);
  CHECK(plan.timed == 0);
}

}  // namespace symbreak::ensemble
