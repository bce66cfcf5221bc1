#include <fmt/format.h>
#include <mpi.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
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

/// How a step ended.
struct Outcome {
  Exit exit = Exit::done;
  std::string message;
  void say() const {
    if (exit != Exit::done) std::fputs((message + "\n").c_str(), stderr);
  }
};

/// Runs a step; what it throws becomes a message and a status.
template <class Step>
Outcome attempt(const Step& step) {
  try {
    step();
    return {};
  } catch (const Refusal& error) {
    return {Exit::usage, error.what()};
  } catch (const deck::Errors& error) {
    return {Exit::usage, error.what()};
  } catch (const deck::KeyError& error) {
    return {Exit::usage, fmt::format("{}: {}", error.key, error.what())};
  } catch (const std::bad_alloc&) {
    return {Exit::internal, "out of memory; `symbreak check` predicts what a deck needs"};
  } catch (const std::exception& error) {
    return {Exit::internal, error.what()};
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
  std::vector<std::uint64_t> resumable;  ///< plan units with a saved state
  double work_before = 0;                ///< a priori seconds already done

  explicit Head(const fs::path& run) : store(run) {}

  void start(const deck::Deck& deck, const Plan& plan) {
    store.open(deck.verbatim);
    found = store.find(plan);
    for (const std::string& note : found.notes) say(fmt::format("{}\n", note));
    std::map<record::UnitId, std::int64_t> states;
    for (const auto& unit : found.unfinished) states[unit.id] = unit.blocks_done;
    for (std::size_t u = 0; u < plan.units.size(); ++u) {
      const Plan::Unit& unit = plan.units[u];
      const record::UnitId id{plan.seed, plan.points[unit.point].id, unit.disorder, unit.replica};
      if (found.finished.contains(id)) {
        work_before += Plan::work(unit);
        continue;
      }
      todo.push_back(u);
      if (states.contains(id)) resumable.push_back(u);
    }
    // From here on the directory says which deck it belongs to, even if nothing ever finishes.
    if (!fs::exists(store.result()) || !found.files.empty() || !found.same_settings) {
      write(deck, plan, found.performance);
    }
    record::write_text(store.run() / "deck.ini", deck.verbatim);
    std::set<fs::path> kept;
    for (const record::UnfinishedUnit& unit : found.unfinished) {
      record::write_segment(store.resume(unit.id), {plan.fingerprint(), {}, {unit}});
      kept.insert(store.resume(unit.id));
    }
    std::error_code ignored;
    for (const fs::path& file : found.files) {
      if (!kept.contains(file)) fs::remove(file, ignored);
    }
  }

  void write(const deck::Deck& deck, const Plan& plan,
             const std::map<std::string, double>& performance) const {
    record::ResultFile file = assemble(deck, plan, found.finished);
    file.sessions = found.sessions;
    file.performance = performance;
    record::write_result(store.result(), file);
  }

  /// After the work: all that the ranks have published (`files`) goes into result.h5.
  void finish(const deck::Deck& deck, const Plan& plan, const std::vector<fs::path>& files,
              record::Session session, const std::map<std::string, double>& performance) {
    const std::size_t before = found.finished.size();
    for (const fs::path& file : files) collect(record::read_segment(file), plan, found.finished);
    session.units = static_cast<std::int64_t>(found.finished.size() - before);
    found.sessions.push_back(session);
    write(deck, plan, performance);
    std::error_code ignored;
    for (const fs::path& file : files) fs::remove(file, ignored);
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
  if (rank == 0) {
    const Outcome start = attempt([&] { head.start(deck, plan); });
    start.say();
    status = static_cast<int>(start.exit);
  }
  MPI_Bcast(&status, 1, MPI_INT, 0, MPI_COMM_WORLD);
  if (status != 0) return static_cast<Exit>(status);
  broadcast(head.todo);
  broadcast(head.resumable);
  const auto total = static_cast<std::int64_t>(plan.units.size());
  const auto before = total - static_cast<std::int64_t>(head.todo.size());
  if (head.todo.empty()) {
    if (rank == 0) {
      Progress(options.output, plan.run, {total, total, 1, ranks}).finish("done", total, 1);
      std::error_code ignored;
      fs::remove_all(head.store.segments(), ignored);
      say(fmt::format("{}: nothing left to do, {} finished        next: symbreak analyze {}\n",
                      name, count(plan.units.size(), "unit"), name));
    }
    return Exit::done;
  }
  std::string session = fmt::format("{:.0f}-{}", begin * 1000, getpid());
  broadcast(session);
  const double work_before = head.work_before;
  double all_work = 0;
  for (const Plan::Unit& unit : plan.units) all_work += Plan::work(unit);
  if (rank == 0) {
    say(fmt::format("{}: {}\n", plan.run, plan.headline));
    say(fmt::format("{}, {} on {}, about {}, {}\n", count(plan.points.size(), "point"),
                    count(plan.units.size(), "unit"),
                    count(static_cast<std::size_t>(ranks), "rank"),
                    duration((all_work - work_before) / ranks), bytes(plan.result_bytes())));
    if (before > 0 || !head.resumable.empty()) {
      say(fmt::format("continuing: {} of {} units are finished, {} under way\n", before, total,
                      head.resumable.size()));
    }
  }

  // --- the work ----------------------------------------------------------------------------------
  SharedQueue queue(MPI_COMM_WORLD);
  std::optional<Progress> progress;
  if (rank == 0) {
    progress.emplace(options.output, plan.run,
                     Progress::Totals{total, before, work_before / all_work, ranks});
  }
  const auto fraction = [&] { return std::min(1.0, (work_before + queue.work()) / all_work); };
  double looked = 0;
  std::string why;
  const auto poll = [&] {
    // One rank is enough to look for the file; the file system may be slow.
    const bool look = rank == 0 && now() - looked > 0.5;
    if (look) looked = now();
    const std::string reason = stop.reason(look);
    if (!reason.empty() && why.empty()) {
      why = reason;
      queue.halt(Halt::stop);
    }
    if (progress) progress->update(before + queue.finished(), fraction());
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
  const Outcome mine = attempt([&] {
    if (progress) progress->update(before, fraction());  // `status` knows the run from the start
    worker.work();
  });
  if (mine.exit != Exit::done) {
    const Halt said = queue.halt(mine.exit == Exit::usage ? Halt::usage : Halt::internal);
    if (said < Halt::usage) mine.say();  // one message, however many ranks fail
  }
  // Every rank gets here, whatever happened. Who has nothing left to do sleeps, and looks around.
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Ibarrier(MPI_COMM_WORLD, &request);
  for (int arrived = 0; arrived == 0;) {
    MPI_Test(&request, &arrived, MPI_STATUS_IGNORE);
    if (arrived != 0) break;
    poll();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  double publishing = worker.publishing_seconds(), publishing_all = 0;
  MPI_Reduce(&publishing, &publishing_all, 1, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
  const int files = worker.published_files();
  std::vector<int> all_files(static_cast<std::size_t>(ranks));
  MPI_Gather(&files, 1, MPI_INT, all_files.data(), 1, MPI_INT, 0, MPI_COMM_WORLD);
  // A stop that came when all was done is no stop.
  Halt halt = queue.halted();
  if (halt == Halt::stop && before + queue.finished() == total) halt = Halt::none;
  const double done_fraction = fraction();
  MPI_Barrier(MPI_COMM_WORLD);

  // --- the result --------------------------------------------------------------------------------
  auto result = static_cast<int>(exit_of(halt));
  if (rank == 0) {
    const double seconds = now() - begin;
    // Names are computed, not listed: a network file system may show other nodes' files late.
    std::vector<fs::path> published;
    for (int r = 0; r < ranks; ++r) {
      for (int n = 0; n < all_files[static_cast<std::size_t>(r)]; ++n) {
        published.push_back(head.store.finished(session, r, n));
      }
    }
    const Outcome finishing = attempt([&] {
      head.finish(deck, plan, published,
                  {.start = utc(begin),
                   .end = utc(now()),
                   .host = host(),
                   .command = options.command,
                   .version = fmt::format("{} ({}{})", version::number, version::git,
                                          version::dirty ? ", modified" : ""),
                   .ranks = ranks,
                   .units = 0},
                  {{"seconds", seconds}, {"ranks", ranks}, {"publishing_seconds", publishing_all}});
    });
    finishing.say();
    if (finishing.exit != Exit::done) result = static_cast<int>(finishing.exit);
    const auto exit = static_cast<Exit>(result);
    const auto units = static_cast<std::int64_t>(head.found.finished.size());
    progress->finish(exit == Exit::done      ? "done"
                     : exit == Exit::stopped ? "stopped"
                                             : "failed",
                     units, done_fraction);
    if (exit == Exit::done) {
      say(fmt::format("done in {} -> {}        next: symbreak analyze {}\n", duration(seconds),
                      name, name));
    } else if (exit == Exit::stopped) {
      say(fmt::format("stopped ({}) after {}, {}/{} units; the same command continues\n",
                      why.empty() ? "on another rank" : why, duration(seconds), units, total));
    }
  }
  MPI_Bcast(&result, 1, MPI_INT, 0, MPI_COMM_WORLD);
  return static_cast<Exit>(result);
}

}  // namespace symbreak::ensemble
