#include <fmt/format.h>
#include <mpi.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>

#include "sim/deck/spelling.hpp"
#include "sim/ensemble/ensemble.hpp"
#include "sim/ensemble/head.hpp"
#include "sim/ensemble/progress.hpp"
#include "sim/ensemble/sharing/queue.hpp"
#include "sim/ensemble/stop.hpp"
#include "sim/ensemble/store.hpp"
#include "sim/ensemble/text.hpp"
#include "sim/ensemble/worker.hpp"

namespace symbreak::ensemble {

namespace {

namespace fs = std::filesystem;

/// How a step ended.
struct Outcome {
  Exit exit = Exit::done;
  std::string message;
  void say() const {
    if (exit != Exit::done) std::fputs((deck::printable(message) + "\n").c_str(), stderr);
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

/// One invocation of `run` on one rank, in its four acts.
class Invocation {
 public:
  Invocation(const deck::Deck& deck, const Plan& plan, const Options& options)
      : plan_(plan),
        options_(options),
        name_(options.output.string()),
        mine_(options.slice ? options.slice->units(plan) : std::vector<bool>()),
        head_(options.output, deck, plan, mine_),
        total_(static_cast<std::int64_t>(mine_.empty() ? plan.units.size()
                                                       : static_cast<std::size_t>(std::count(
                                                             mine_.begin(), mine_.end(), true)))) {
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks_);
    for (std::size_t u = 0; u < plan.units.size(); ++u) {
      if (mine_.empty() || mine_[u]) all_work_ += Plan::work(plan.units[u]);
    }
  }
  Exit open();  ///< rank 0 looks at the directory and tells everybody
  bool nothing_left() const;
  void announce();  ///< what will be done; makes the queue
  void work();      ///< until nothing is left or a stop
  Exit close();     ///< the result

 private:
  bool poll();
  void tell(const std::string& text) const {
    if (!options_.quiet) say(text);
  }
  double fraction() const {
    return std::min(1.0, (head_.work_before + queue_->work()) / all_work_);
  }

  const Plan& plan_;
  const Options& options_;
  const std::string name_;
  const double begin_ = now(), begun_ = steady();
  int rank_ = 0, ranks_ = 1;
  const std::vector<bool> mine_;  ///< of the units, empty: all
  Head head_;
  const std::int64_t total_;
  std::int64_t before_ = 0;  ///< units finished by earlier invocations
  double all_work_ = 0, looked_ = -1e9, publishing_ = 0;
  std::string session_;
  StopReason why_ = StopReason::none;
  std::optional<StopConditions> stop_;
  std::vector<std::size_t> order_;  ///< plan units still to do, in queue order
  std::optional<SharedQueue> queue_;
  std::optional<Progress> progress_;
  std::vector<int> published_;  ///< files of each rank
};

Exit exit_of(Halt halt) {
  return halt == Halt::none    ? Exit::done
         : halt == Halt::stop  ? Exit::stopped
         : halt == Halt::usage ? Exit::usage
                               : Exit::internal;
}

Exit Invocation::open() {
  auto status = static_cast<int>(Exit::done);
  if (rank_ == 0) {
    const Outcome start = attempt([&] { head_.start(options_.overrides); });
    start.say();
    status = static_cast<int>(start.exit);
  }
  MPI_Bcast(&status, 1, MPI_INT, 0, MPI_COMM_WORLD);
  if (status != 0) return static_cast<Exit>(status);
  broadcast(head_.todo);
  broadcast(head_.resumable);
  double reserve = rank_ == 0 ? head_.reserve() : 0;
  MPI_Bcast(&reserve, 1, MPI_DOUBLE, 0, MPI_COMM_WORLD);
  const double walltime =
      options_.walltime.value_or(plan_.points.front().parameters.real("run.walltime"));
  const double left = walltime - (steady() - options_.begun.value_or(begun_));
  stop_.emplace(options_.output, walltime > 0 ? std::optional(left) : std::nullopt, reserve);
  before_ = total_ - static_cast<std::int64_t>(head_.todo.size());
  return Exit::done;
}

bool Invocation::nothing_left() const {
  if (!head_.todo.empty()) return false;
  if (rank_ == 0) {
    Progress(options_.output, plan_.run, {total_, 1, ranks_, options_.quiet})
        .finish("done", total_, 1);
    head_.store.clear();
    tell(fmt::format("{}: nothing left to do, {} finished        next: symbreak analyze {}\n",
                     name_, count(static_cast<std::size_t>(total_), "unit"), name_));
  }
  return true;
}

void Invocation::announce() {
  session_ = fmt::format("{:.0f}-{}", begin_ * 1000, getpid());
  broadcast(session_);
  order_.assign(head_.todo.begin(), head_.todo.end());
  plan_.sort_by_cost(order_);
  std::vector<double> costs;
  for (const std::size_t u : order_) costs.push_back(Plan::work(plan_.units[u]));
  record::hdf5_version();  // HDF5 calls MPI when it is first used: not beside the courier
  queue_.emplace(MPI_COMM_WORLD, costs);
  if (rank_ != 0) return;
  const auto nodes = static_cast<std::size_t>(queue_->nodes());
  tell(fmt::format("{}: {}\n", plan_.run, plan_.headline));
  tell(fmt::format(
      "{}, {} on {}{}, about {}, {}\n", count(plan_.points.size(), "point"),
      count(plan_.units.size(), "unit"), count(static_cast<std::size_t>(ranks_), "rank"),
      nodes > 1 ? " of " + count(nodes, "node") : "",
      duration((all_work_ - head_.work_before) / ranks_), bytes(plan_.result_bytes())));
  if (before_ > 0 || !head_.resumable.empty()) {
    tell(fmt::format("continuing: {} of {} units are finished, {} under way\n", before_, total_,
                     head_.resumable.size()));
  }
  const auto& sessions = head_.found->sessions;
  if (!sessions.empty() && sessions.back().version != version_text()) {
    tell(fmt::format("it was begun by {}, this is {}: the result names both\n",
                     sessions.back().version, version_text()));
  }
}

bool Invocation::poll() {
  // One rank is enough to look for the file; the file system may be slow.
  const bool look = rank_ == 0 && steady() - looked_ > 0.5;
  if (look) looked_ = steady();
  const StopReason reason = stop_->reason(look);
  if (reason != StopReason::none && why_ == StopReason::none) {
    why_ = reason;
    queue_->halt(Halt::stop);
  }
  if (progress_) progress_->update(before_ + queue_->finished(), fraction());
  return queue_->halted() == Halt::none;
}

void Invocation::work() {
  if (rank_ == 0) {
    progress_.emplace(
        options_.output, plan_.run,
        Progress::Totals{total_, head_.work_before / all_work_, ranks_, options_.quiet});
  }
  Worker::Setting setting;
  setting.session = session_;
  setting.order = order_;
  setting.rank = rank_;
  setting.checkpoint = plan_.points.front().parameters.real("run.checkpoint");
  for (const std::uint64_t u : head_.resumable) {
    setting.resumable.insert(plan_.id(plan_.units[u]));
  }
  Worker worker(plan_, head_.store, setting, *queue_, [&] { return poll(); });
  const Outcome mine = attempt([&] {
    if (progress_) progress_->update(before_, fraction());  // `status` knows the run from the start
    worker.work();
  });
  if (mine.exit != Exit::done) {
    const Halt said = queue_->halt(mine.exit == Exit::usage ? Halt::usage : Halt::internal);
    if (said < Halt::usage) mine.say();  // one message a node, however many ranks fail
  }
  // Every rank gets here, whatever happened. Who has nothing left to do sleeps, and looks around.
  queue_->finish([&] {
    poll();
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  });
  const double publishing = worker.publishing_seconds();
  MPI_Reduce(&publishing, &publishing_, 1, MPI_DOUBLE, MPI_SUM, 0, MPI_COMM_WORLD);
  const auto mine_why = static_cast<int>(why_);
  int why = mine_why;
  MPI_Reduce(&mine_why, &why, 1, MPI_INT, MPI_MAX, 0, MPI_COMM_WORLD);
  why_ = static_cast<StopReason>(why);
  const int files = worker.published_files();
  published_.resize(static_cast<std::size_t>(ranks_));
  MPI_Gather(&files, 1, MPI_INT, published_.data(), 1, MPI_INT, 0, MPI_COMM_WORLD);
}

Exit Invocation::close() {
  // A stop that came when all was done is no stop.
  Halt halt = queue_->halted();
  if (halt == Halt::stop && before_ + queue_->finished() == total_) halt = Halt::none;
  const double done_fraction = fraction();

  auto result = static_cast<int>(exit_of(halt));
  if (rank_ == 0) {
    const double seconds = steady() - begun_;
    // Names are computed, not listed: a network file system may show other nodes' files late.
    std::vector<fs::path> files;
    for (int r = 0; r < ranks_; ++r) {
      for (int n = 0; n < published_[static_cast<std::size_t>(r)]; ++n) {
        files.push_back(head_.store.segment(session_, r, n));
      }
    }
    const Outcome finishing = attempt([&] {
      head_.finish(files,
                   {.start = utc(begin_),
                    .end = utc(now()),
                    .host = host(),
                    .command = options_.command,
                    .version = version_text(),
                    .ranks = ranks_,
                    .units = 0},
                   {{"seconds", seconds}, {"ranks", ranks_}, {"publishing_seconds", publishing_}});
    });
    finishing.say();
    if (finishing.exit != Exit::done) result = static_cast<int>(finishing.exit);
    const auto exit = static_cast<Exit>(result);
    const auto units = static_cast<std::int64_t>(head_.finished());
    progress_->finish(exit == Exit::done      ? "done"
                      : exit == Exit::stopped ? "stopped"
                                              : "failed",
                      units, done_fraction);
    if (exit == Exit::done) {
      tell(fmt::format("done in {} -> {}        next: symbreak analyze {}\n", duration(seconds),
                       name_, name_));
    } else if (exit == Exit::stopped) {
      tell(fmt::format("stopped ({}) after {}, {}/{} units; the same command continues\n",
                       words(why_), duration(seconds), units, total_));
    }
  }
  MPI_Bcast(&result, 1, MPI_INT, 0, MPI_COMM_WORLD);
  return static_cast<Exit>(result);
}

}  // namespace

Exit run(const deck::Deck& deck, const Plan& plan, const Options& options) {
  Invocation invocation(deck, plan, options);
  if (const Exit opened = invocation.open(); opened != Exit::done) return opened;
  if (invocation.nothing_left()) return Exit::done;
  invocation.announce();
  invocation.work();
  return invocation.close();
}

}  // namespace symbreak::ensemble
