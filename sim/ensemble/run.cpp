#include <fmt/format.h>
#include <mpi.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <thread>

#include "sim/ensemble/ensemble.hpp"
#include "sim/ensemble/progress.hpp"
#include "sim/ensemble/queue.hpp"
#include "sim/ensemble/stop.hpp"
#include "sim/ensemble/store.hpp"
#include "sim/ensemble/text.hpp"
#include "sim/ensemble/worker.hpp"
#include "version.hpp"

namespace symbreak::ensemble {

namespace {

namespace fs = std::filesystem;

/// Runs a step of rank 0 or of all ranks; what it throws becomes a message (once) and a status.
template <class Step>
Exit attempt(const Step& step) {
  const auto say = [](const std::string& message) { fmt::print(stderr, "{}\n", message); };
  try {
    step();
    return Exit::done;
  } catch (const Refusal& error) {
    say(error.what());
    return Exit::usage;
  } catch (const deck::KeyError& error) {
    say(fmt::format("{}: {}", error.key, error.what()));
    return Exit::usage;
  } catch (const std::bad_alloc&) {
    say("out of memory; `symbreak check` predicts what a deck needs");
    return Exit::internal;
  } catch (const std::exception& error) {
    say(error.what());
    return Exit::internal;
  }
}

void broadcast(std::string& text) {
  auto size = static_cast<std::uint64_t>(text.size());
  MPI_Bcast(&size, 1, MPI_UINT64_T, 0, MPI_COMM_WORLD);
  text.resize(size);
  MPI_Bcast(text.data(), static_cast<int>(size), MPI_BYTE, 0, MPI_COMM_WORLD);
}

template <class Number>
void broadcast(std::vector<Number>& numbers) {
  auto size = static_cast<std::uint64_t>(numbers.size());
  MPI_Bcast(&size, 1, MPI_UINT64_T, 0, MPI_COMM_WORLD);
  numbers.resize(size);
  MPI_Bcast(numbers.data(), static_cast<int>(size * sizeof(Number)), MPI_BYTE, 0, MPI_COMM_WORLD);
}

/// The run as rank 0 knows it before and after the work.
struct Head {
  Store store;
  Store::Found found;
  std::vector<std::uint64_t> todo;       ///< plan units without a result, in plan order
  std::vector<std::uint64_t> resumable;  ///< plan units with a state in resume.h5
  double work_before = 0;                ///< a priori seconds already done

  explicit Head(const fs::path& run) : store(run) {}

  void start(const deck::Deck& deck, const Plan& plan) {
    store.open();
    std::error_code ignored;
    fs::remove(store.run() / "STOP", ignored);
    found = store.find(plan);
    for (const std::string& note : found.notes) fmt::print("{}\n", note);
    std::map<record::UnitId, std::int64_t> states;
    for (const auto& unit : found.unfinished) states[unit.id] = unit.blocks_done;
    for (std::size_t u = 0; u < plan.units.size(); ++u) {
      const Plan::Unit& unit = plan.units[u];
      const record::UnitId id{plan.seed, plan.points[unit.point].id, unit.disorder, unit.replica};
      if (found.finished.contains(id)) {
        work_before += unit.seconds;
        continue;
      }
      todo.push_back(u);
      if (states.contains(id)) resumable.push_back(u);
    }
    record::write_text(store.run() / "deck.ini", deck.verbatim);
    // From here on the directory says which deck it belongs to, even if nothing ever finishes.
    if (!fs::exists(store.result()) || !found.files.empty() || !found.notes.empty() ||
        !found.same_settings) {
      write(deck, plan, {});
      if (!found.unfinished.empty()) {
        record::write_segment(store.resume(), {plan.fingerprint(), {}, found.unfinished});
      }
      for (const fs::path& file : found.files) {
        if (file != store.resume() || found.unfinished.empty()) fs::remove(file, ignored);
      }
    }
  }

  void write(const deck::Deck& deck, const Plan& plan,
             const std::map<std::string, double>& performance) const {
    record::ResultFile file = assemble(deck, plan, found.finished);
    file.sessions = found.sessions;
    file.performance = performance;
    record::write_result(store.result(), file);
  }

  /// After the work: everything that was published goes into result.h5; what went in is removed.
  void finish(const deck::Deck& deck, const Plan& plan, record::Session session,
              const std::map<std::string, double>& performance) {
    std::vector<fs::path> done;
    std::error_code ignored;
    const std::size_t before = found.finished.size();
    for (const auto& entry : fs::directory_iterator(store.segments())) {
      if (!entry.path().filename().string().starts_with("finished-")) continue;
      collect(record::read_segment(entry.path()), plan, found.finished);
      done.push_back(entry.path());
    }
    session.units = static_cast<std::int64_t>(found.finished.size() - before);
    found.sessions.push_back(session);
    write(deck, plan, performance);
    for (const fs::path& file : done) fs::remove(file, ignored);
    if (complete(plan)) fs::remove_all(store.segments(), ignored);
  }

  bool complete(const Plan& plan) const {
    return std::all_of(plan.units.begin(), plan.units.end(), [&](const Plan::Unit& unit) {
      return found.finished.contains(
          {plan.seed, plan.points[unit.point].id, unit.disorder, unit.replica});
    });
  }
};

/// Expensive units first, plan order among equals: a straggler does not hold the rest.
std::vector<std::size_t> queue_order(const Plan& plan, const std::vector<std::uint64_t>& todo) {
  std::vector<std::size_t> order(todo.begin(), todo.end());
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return plan.units[a].seconds > plan.units[b].seconds;
  });
  return order;
}

Exit exit_of(Halt halt) {
  switch (halt) {
    case Halt::none:
      return Exit::done;
    case Halt::stop:
      return Exit::stopped;
    case Halt::usage:
      return Exit::usage;
    case Halt::internal:
      break;
  }
  return Exit::internal;
}

}  // namespace

Exit run(const deck::Deck& deck, const Plan& plan, const Options& options) {
  int rank = 0, ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  const double begin = now();
  std::optional<double> walltime = options.walltime;
  if (!walltime && plan.points.front().parameters.real("run.walltime") > 0) {
    walltime = plan.points.front().parameters.real("run.walltime");
  }
  const StopConditions stop(options.output, walltime);
  const std::string name = options.output.string();

  // --- rank 0 looks at the directory and tells everybody -----------------------------------------
  Head head(options.output);
  auto status = static_cast<int>(Exit::done);
  if (rank == 0) status = static_cast<int>(attempt([&] { head.start(deck, plan); }));
  MPI_Bcast(&status, 1, MPI_INT, 0, MPI_COMM_WORLD);
  if (status != 0) return static_cast<Exit>(status);
  broadcast(head.todo);
  broadcast(head.resumable);
  const auto total = static_cast<std::int64_t>(plan.units.size());
  const auto before = total - static_cast<std::int64_t>(head.todo.size());
  if (head.todo.empty()) {
    if (rank == 0)
      fmt::print("{}: nothing left to do, {} finished\n", name, count(plan.units.size(), "unit"));
    return Exit::done;
  }
  std::string session = fmt::format("{:.0f}-{}", begin * 1000, getpid());
  broadcast(session);
  double work_before = head.work_before, all_work = plan.seconds();
  if (rank == 0) {
    fmt::print("{}: {}\n", plan.run, plan.headline);
    fmt::print("{}, {} on {}, about {}, {}\n", count(plan.points.size(), "point"),
               count(plan.units.size(), "unit"), count(static_cast<std::size_t>(ranks), "rank"),
               duration((all_work - work_before) / ranks), bytes(plan.result_bytes()));
    if (before > 0 || !head.resumable.empty()) {
      fmt::print("continuing: {} of {} units are finished, {} under way\n", before, total,
                 head.resumable.size());
    }
    std::fflush(stdout);
  }

  // --- the work ----------------------------------------------------------------------------------
  SharedQueue queue(MPI_COMM_WORLD);
  Progress progress(options.output, plan.run,
                    {total, before, all_work > 0 ? work_before / all_work : 0, ranks});
  const auto fraction = [&] {
    return all_work > 0 ? std::min(1.0, (work_before + queue.work()) / all_work) : 1;
  };
  double looked = 0;
  std::string why;
  const auto poll = [&] {
    const bool look = rank == 0 && now() - looked > 0.5;
    if (look) looked = now();
    const std::string reason = rank == 0 || StopConditions::signalled() ? stop.reason(look) : "";
    if (!reason.empty()) {
      why = reason;
      queue.halt(Halt::stop);
    }
    if (rank == 0) progress.update(before + queue.finished(), fraction());
    return queue.halted() == Halt::none;
  };
  Worker::Setting setting;
  setting.session = session;
  setting.rank = rank;
  setting.checkpoint = plan.points.front().parameters.real("run.checkpoint");
  setting.order = queue_order(plan, head.todo);
  for (const std::uint64_t u : head.resumable) {
    const Plan::Unit& unit = plan.units[u];
    setting.resumable.push_back(
        {plan.seed, plan.points[unit.point].id, unit.disorder, unit.replica});
  }
  Worker worker(plan, head.store, setting, queue, poll);
  const Exit mine = attempt([&] { worker.work(); });
  if (mine != Exit::done) {
    queue.halt(mine == Exit::usage ? Halt::usage : Halt::internal);
  }
  // Rank 0 keeps watch while others still work; every rank reaches the barrier, whatever happened.
  if (rank == 0) {
    const Exit watching = attempt([&] {
      while (queue.halted() == Halt::none && before + queue.finished() < total) {
        if (!poll()) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    });
    if (watching != Exit::done) queue.halt(Halt::internal);
  }
  MPI_Barrier(MPI_COMM_WORLD);
  double publishing = worker.publishing_seconds(), publishing_all = 0;
  MPI_Reduce(&publishing, &publishing_all, 1, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
  // A stop that came when all was done is no stop.
  Halt halt = queue.halted();
  if (halt == Halt::stop && before + queue.finished() == total) halt = Halt::none;
  const double done_fraction = fraction();
  MPI_Barrier(MPI_COMM_WORLD);

  // --- the result --------------------------------------------------------------------------------
  auto result = static_cast<int>(exit_of(halt));
  if (rank == 0) {
    const double seconds = now() - begin;
    const Exit finishing = attempt([&] {
      head.finish(deck, plan,
                  {.start = utc(begin),
                   .end = utc(now()),
                   .host = host(),
                   .command = options.command,
                   .version = fmt::format("{} ({}{})", version::number, version::git,
                                          version::dirty ? ", modified" : ""),
                   .ranks = ranks},
                  {{"seconds", seconds}, {"ranks", ranks}, {"publishing_seconds", publishing_all}});
      const std::string state = halt == Halt::none   ? "done"
                                : halt == Halt::stop ? "stopped"
                                                     : "failed";
      progress.finish(state, static_cast<std::int64_t>(head.found.finished.size()), done_fraction);
      if (halt == Halt::none) {
        fmt::print("done in {} -> {}        next: symbreak analyze {}\n", duration(seconds), name,
                   name);
      } else if (halt == Halt::stop) {
        fmt::print("stopped ({}) after {}, {}/{} units; the same command continues\n",
                   why.empty() ? "on another rank" : why, duration(seconds),
                   head.found.finished.size(), total);
      }
    });
    if (finishing != Exit::done) result = static_cast<int>(finishing);
  }
  MPI_Bcast(&result, 1, MPI_INT, 0, MPI_COMM_WORLD);
  return static_cast<Exit>(result);
}

}  // namespace symbreak::ensemble
