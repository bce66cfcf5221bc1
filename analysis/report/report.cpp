#include "analysis/report/report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "analysis/report/escape.hpp"
#include "analysis/report/figure/gnuplot.hpp"
#include "analysis/report/figure/plot.hpp"
#include "analysis/report/page/figure_csv.hpp"
#include "analysis/report/page/page.hpp"

namespace symbreak::report {

namespace {

namespace fs = std::filesystem;

void write_file(const fs::path& file, const std::string& text) {
  std::ofstream stream(file, std::ios::binary);
  stream << text << std::flush;
  if (!stream) {
    throw std::runtime_error(
        fmt::format("cannot write {}: {}", file.string(), std::strerror(errno)));
  }
}

std::string read_file(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (!stream || !(text << stream.rdbuf())) {
    throw std::runtime_error(fmt::format("gnuplot left no {}", file.string()));
  }
  return text.str();
}

/// A folder beside the final one that is removed at the end of the scope.
class Workshop {
 public:
  explicit Workshop(const fs::path& parent) {
    std::string name = (parent / ".report-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error(
          fmt::format("cannot write into {}: {}", parent.string(), std::strerror(errno)));
    }
    path_ = name;
  }
  ~Workshop() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// A script that tells where the last drawing has its axes, as parts of its width and height.
std::string where_script(const std::string& stem) {
  std::string text = "set print '" + stem + ".axes'\n";
  for (const char side : {'X', 'Y'}) {
    for (const char* end : {"MIN", "MAX"}) {
      text += fmt::format(
          "print sprintf('%.10g', 1.*GPVAL_TERM_{0}{1}*GPVAL_TERM_SCALE/"
          "GPVAL_TERM_{0}SIZE)\n",
          side, end);
    }
  }
  for (const char side : {'X', 'Y'}) {
    for (const char* end : {"MIN", "MAX"}) {
      text += fmt::format("print sprintf('%.17g', GPVAL_{}_{})\n", side, end);
    }
  }
  return text + "unset print\n";
}

/// None where gnuplot does not know (an older one), or there is no pair of axes.
std::optional<Placement> placement(const std::string& text) {
  std::istringstream stream(text);
  Placement place{};
  for (double& edge : place.edges) stream >> edge;
  for (double& value : place.values) stream >> value;
  const bool inside =
      std::ranges::all_of(place.edges, [](double edge) { return edge >= 0 && edge <= 1; });
  if (!stream || !inside || !(place.edges[0] < place.edges[1] && place.edges[2] < place.edges[3]))
    return std::nullopt;
  return place;
}

/// Generation runs from noise to data, against time, and so does a movie of it: the first frame is
/// the noisiest, before anything has happened.
verdict::Movie from_noise_to_data(verdict::Movie movie) {
  const bool rising = std::ranges::is_sorted(movie.values) && movie.values.size() > 1;
  if (rising && movie.parameter == "t" && movie.frames.size() == movie.values.size()) {
    std::ranges::reverse(movie.values);
    std::ranges::reverse(movie.frames);
  }
  return movie;
}

/// Draws into a folder; the SVGs exist after finish().
class Drawer {
 public:
  explicit Drawer(const fs::path& folder) : folder_(folder) {}

  Panel figure(const verdict::Figure& figure) {
    Panel panel = prepare(figure, unique(figure.name), common_frame({&figure}), true);
    write_file(folder_ / (panel.stem + ".csv"), figure_csv(figure));
    script(panel.stem);
    // Where the axes came to lie, asked of gnuplot itself right after it has drawn them.
    scripts_.push_back(panel.stem + ".where");
    write_file(folder_ / scripts_.back(), where_script(panel.stem));
    return panel;
  }

  MoviePanel movie(const verdict::Movie& movie) {
    if (movie.frames.empty() || movie.frames[0].empty() ||
        movie.frames.size() != movie.values.size()) {
      throw std::invalid_argument(fmt::format("movie '{}': {} frames for {} values", movie.name,
                                              movie.frames.size(), movie.values.size()));
    }
    MoviePanel panel;
    panel.movie = &movie;
    panel.stem = unique(movie.name);
    panel.frames.resize(movie.frames.size());
    fs::create_directories(folder_ / panel.stem);
    for (std::size_t part = 0; part < movie.frames[0].size(); ++part) {
      std::vector<const verdict::Figure*> sequence;
      for (const auto& frame : movie.frames) {
        if (frame.size() != movie.frames[0].size()) {
          throw std::invalid_argument(fmt::format("movie '{}': frames of {} and of {} figures",
                                                  movie.name, movie.frames[0].size(),
                                                  frame.size()));
        }
        sequence.push_back(&frame[part]);
      }
      const Frame frame = common_frame(sequence);
      for (std::size_t i = 0; i < sequence.size(); ++i) {
        const std::string stem =
            fmt::format("{}/{}-{}-{:03}", panel.stem, file_stem(sequence[i]->name), part + 1, i);
        panel.frames[i].push_back(prepare(*sequence[i], stem, frame));
      }
    }
    script(panel.stem);
    return panel;
  }

  /// One gnuplot for everything: starting it costs as much as a plot.
  void finish(std::vector<Panel>& figures, std::vector<MoviePanel>& movies) const {
    if (scripts_.empty()) return;
    run_gnuplot(folder_, scripts_);
    const auto load = [&](Panel& panel) { panel.svg = read_file(folder_ / (panel.stem + ".svg")); };
    for (Panel& panel : figures) {
      load(panel);
      panel.axes = placement(read_file(folder_ / (panel.stem + ".axes")));
      for (const char* helper : {".axes", ".where"}) fs::remove(folder_ / (panel.stem + helper));
      for (const char* extension : {"csv", "svg", "pdf", "tsv", "gp"}) {
        if (fs::exists(folder_ / (panel.stem + "." + extension))) panel.files.push_back(extension);
      }
    }
    for (MoviePanel& movie : movies) {
      for (auto& frame : movie.frames) {
        for (Panel& panel : frame) load(panel);
      }
    }
  }

 private:
  /// Distinct also where '-' and '_' are the same, as in the ids of an SVG.
  std::string unique(const std::string& name) {
    std::string stem = file_stem(name);
    const auto taken = [&] {
      std::string id = stem;
      std::replace(id.begin(), id.end(), '-', '_');
      return !stems_.insert(id).second;
    };
    for (int i = 2; taken(); ++i) stem = fmt::format("{}_{}", file_stem(name), i);
    return stem;
  }
  Panel prepare(const verdict::Figure& figure, const std::string& stem, const Frame& frame,
                bool pdf = false) {
    const Drawing drawing = draw(figure, stem, frame, pdf);
    write_file(folder_ / (stem + ".tsv"), drawing.table);
    if (!drawing.surface.empty()) write_file(folder_ / (stem + "-surface.tsv"), drawing.surface);
    scripts_of_panel_ += drawing.script;
    return {&figure, stem, "", drawing.remark};
  }
  /// Writes what has been drawn since the last one.
  void script(const std::string& stem) {
    scripts_.push_back(stem + ".gp");
    write_file(folder_ / scripts_.back(), "# Redraw in this folder: gnuplot " + scripts_.back() +
                                              "\n" + std::exchange(scripts_of_panel_, {}));
  }

  fs::path folder_;
  std::set<std::string> stems_;
  std::vector<std::string> scripts_;
  std::string scripts_of_panel_;
};

/// Moves finished files to their place, one rename each, so that none is ever half-written.
void publish(const fs::path& from, const fs::path& to) {
  fs::create_directories(to);
  for (const fs::directory_entry& entry : fs::directory_iterator(from)) {
    const fs::path target = to / entry.path().filename();
    if (entry.is_directory()) {
      publish(entry.path(), target);
    } else {
      fs::rename(entry.path(), target);
    }
  }
}

}  // namespace

fs::path write(const fs::path& directory, const verdict::Result& result,
               const verdict::Findings& findings) {
  fs::create_directories(directory);
  const Workshop workshop(directory);
  const fs::path plots = workshop.path() / "plots";
  fs::create_directories(plots);
  Drawer drawer(plots);
  std::vector<Panel> figures;
  std::vector<MoviePanel> movies;
  for (const verdict::Figure& figure : findings.figures) figures.push_back(drawer.figure(figure));
  std::vector<verdict::Movie> played;
  for (const verdict::Movie& movie : findings.movies) played.push_back(from_noise_to_data(movie));
  for (const verdict::Movie& movie : played) movies.push_back(drawer.movie(movie));
  drawer.finish(figures, movies);
  write_file(workshop.path() / "index.html", page(result, findings, figures, movies));
  publish(workshop.path(), directory);
  return directory / "index.html";
}

fs::path write_comparison(const fs::path& directory, const std::vector<Analysed>& runs,
                          const Comparison& comparison) {
  fs::create_directories(directory);
  const Workshop workshop(directory);
  const fs::path plots = workshop.path() / "plots";
  fs::create_directories(plots);
  Drawer drawer(plots);
  std::vector<Panel> figures;
  std::vector<MoviePanel> none;
  for (const verdict::Figure& figure : comparison.figures) figures.push_back(drawer.figure(figure));
  drawer.finish(figures, none);
  write_file(workshop.path() / "differences.csv", differences_csv(runs, comparison));
  write_file(workshop.path() / "index.html", comparison_page(runs, comparison, figures));
  publish(workshop.path(), directory);
  return directory / "index.html";
}

}  // namespace symbreak::report
