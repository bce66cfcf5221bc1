#include "sim/ensemble/worker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "sim/ensemble/text.hpp"

namespace symbreak::ensemble {

constexpr double kPollInterval = 0.02;  // seconds
/// Finished units that wait in memory for a checkpoint.
constexpr std::size_t kMostBytes = 16'000'000;
/// A segment with less is written anew at the next checkpoint, with more units in it: so many ranks
/// and checkpoints do not make as many files.
constexpr std::size_t kFullBytes = 2'000'000;
/// The state of a finished unit is kept where so many bytes took longer than a second to come to:
/// whoever asks for longer units of less cost does them again. So are those that would need more room
/// than results (Plan::state_bytes).
constexpr double kBytesASecond = 1e6, kShortest = 1e-3;
constexpr auto kWait = std::chrono::milliseconds(1);

Worker::Worker(const Plan& plan, const Store& store, Setting setting, SharedQueue& queue,
               std::function<bool()> poll)
    : plan_(plan),
      fingerprint_(plan.fingerprint()),
      store_(store),
      setting_(std::move(setting)),
      queue_(queue),
      poll_(std::move(poll)),
      last_published_(steady()) {}

void Worker::work() {
  try {
    take_units();
  } catch (...) {
    // What is finished is worth keeping whatever went wrong; the first error is the one to tell.
    try {
      publish();
    } catch (const record::FileError&) {
    }
    throw;
  }
  publish();
}

void Worker::take_units() {
  bool running = true;
  while (running) {
    const std::optional<std::int64_t> position = queue_.take([&] {
      std::this_thread::sleep_for(kWait);
      return poll_();
    });
    if (!position) break;
    const Plan::Unit& unit = plan_.units[setting_.order[static_cast<std::size_t>(*position)]];
    try {
      running = advance(unit);
    } catch (const record::FileError&) {
      throw;  // publishing failed: the message names the file
    } catch (const deck::KeyError&) {
      throw;
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& error) {
      const Plan::Point& point = plan_.points[unit.point];
      std::string where;
      for (const std::string& key : plan_.swept) {
        where += fmt::format(", {} = {}", key, point.parameters.value(key).canonical());
      }
      throw std::runtime_error(fmt::format("point {}{}, disorder sample {}, replica {}: {}",
                                           point.id, where, unit.disorder, unit.replica,
                                           error.what()));
    }
  }
}

bool Worker::advance(const Plan::Unit& unit) {
  const measure::UnitAddress address = plan_.address(unit);
  const record::UnitId id = plan_.id(unit);
  const auto experiment = plan_.experiment_of(unit.point);  // what a unit refers to, while it lasts
  auto simulation = experiment->start(address);
  measure::Recorder recorder(experiment->observables());
  std::int64_t block = 0;
  double seconds = 0;
  const std::int64_t blocks = simulation->blocks();
  if (setting_.resumable.contains(id)) {
    try {
      const record::UnitState saved = saved_state(id);
      if (saved.blocks_done > blocks) {
        throw record::FileError("a unit that is longer than this one");
      }
      simulation->load(saved.state);
      recorder.load(saved.state);
      block = saved.blocks_done;
      seconds = saved.seconds;
    } catch (const std::exception&) {
      // A state that is of no use costs time, never the result: the unit starts over.
      simulation = experiment->start(address);
      recorder = measure::Recorder(experiment->observables());
    }
  }

  const double begin = steady() - seconds;
  const auto state = [&] {
    record::UnitState saved{id, block, {}, steady() - begin};
    simulation->save(saved.state);
    recorder.save(saved.state);
    return saved;
  };
  double credited = 0;  // what an earlier session did counts as done
  const auto credit = [&] {
    const double done = static_cast<double>(block) / static_cast<double>(blocks);
    queue_.add_work(Plan::work(unit) * (done - credited));
    credited = done;
  };
  while (block < blocks) {
    simulation->advance(recorder);
    ++block;
    const double time = steady();
    if (time - last_polled_ < kPollInterval) continue;
    last_polled_ = time;
    credit();
    const bool stop = !poll_();
    if (block < blocks && (stop || time - last_published_ > setting_.checkpoint)) {
      publish(state(), stop);
      last_published_ = steady();
    }
    if (stop && block < blocks) return false;
  }
  credit();
  if (steady() - begin > kShortest) keep_end(state());
  simulation->conclude(recorder);
  finished_.push_back({id, recorder.finish(), steady() - begin});
  finished_bytes_ += record::bytes_of(finished_.back());
  fresh_bytes_ += record::bytes_of(finished_.back());
  queue_.add_finished(1);
  if (steady() - last_published_ > setting_.checkpoint || fresh_bytes_ > kMostBytes) {
    publish();
    last_published_ = steady();
  }
  return queue_.halted() == Halt::none;
}

record::UnitState Worker::saved_state(const record::UnitId& unit) {
  if (!states_) {
    states_.emplace(store_.states(), true);  // rank 0 has verified it
    for (std::size_t row = 0; row < states_->states().size(); ++row) {
      state_rows_.emplace(states_->states()[row], row);
    }
  }
  return states_->read_state(state_rows_.at(unit));
}

void Worker::keep_end(record::UnitState end) {
  const std::size_t bytes = record::bytes_of(end);
  if (bytes > plan_.state_bytes() || static_cast<double>(bytes) > kBytesASecond * end.seconds) {
    return;
  }
  finished_bytes_ += bytes;
  fresh_bytes_ += bytes;
  ends_.push_back(std::move(end));
}

void Worker::publish(std::optional<record::UnitState> running, bool stops) {
  const bool closes = finished_bytes_ >= kFullBytes || (stops && !finished_.empty());
  if (closes || (fresh_bytes_ > 0 && !running)) write();
  if (closes) {
    ++full_files_;
    last_file_exists_ = false;
    finished_.clear();
    ends_.clear();
    finished_bytes_ = 0;
  }
  if (running) {
    ends_.push_back(std::move(*running));
    write();
    ends_.pop_back();
  }
}

void Worker::write() {
  const double begin = steady();
  record::write_segment(store_.segment(setting_.session, setting_.rank, full_files_),
                        {fingerprint_, plan_.continuation(), finished_, ends_});
  last_file_exists_ = true;
  fresh_bytes_ = 0;
  publishing_ += steady() - begin;
}

}  // namespace symbreak::ensemble
