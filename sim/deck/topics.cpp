#include "sim/deck/topics.hpp"

#include "analysis/layout/layout.hpp"

namespace symbreak::deck {

const std::vector<Topic>& topics() {
  static const std::vector<Topic> all = {
      {"sweep",
       "many points from one deck",
       {"A list where one value is expected is a sweep:", "  t = 0.5, 1, 2          three values",
        "  t = lin(0, 1, 11)      eleven, evenly spaced, ends included",
        "  t = log(0.1, 10, 21)   evenly spaced in the logarithm",
        "  t = critical(±0.2, 9)  around the predicted critical value",
        "Sweeps multiply, the last one of the deck fastest. zip in [run] advances several "
        "together:",
        "  [run]", "  zip = target.n, experiment.t",
        "Every combination is a point; `check` counts them, `analyze` shows the swept keys as "
        "columns, and points are known by what they are: inserting a value redoes no other."}},
      {"critical",
       "windows around a predicted critical value",
       {"  t = critical(±0.5, 61)",
        "are 61 values evenly spaced over t_c (1 - 0.5) .. t_c (1 + 0.5), t_c being predicted from "
        "the other keys of each point; with other parts of a list it is the sorted union. Critical "
        "times name their criterion: score (beta lambda_max(C) = 1), drift, clone, speciation."}},
      {"statistics",
       "what makes error bars smaller, and what can be raised later",
       {"Keys of [sampling]. More replicas or disorder_samples keep every finished unit: raise "
        "them "
        "and run the same command. More blocks make units longer: these are done again. Physics "
        "(all other sections) and the seed may not change; `merge` joins runs of other seeds.",
        "Errors are one standard error. Independent samples: sd/sqrt(n). Markov chains: "
        "autocorrelation within units and the spread between them. Disorder: its samples alone."}},
      {"resume",
       "stopping and going on",
       {"A run stops at a block boundary on SIGTERM, SIGINT or SIGUSR1, at its walltime, or when a "
        "file STOP appears in its directory; it may also be killed. The same command goes on, on "
        "any number of ranks, to the bits of an uninterrupted run. What --set said is recorded in "
        "the run's directory and holds for the plain command as well."}},
      {"data",
       "your own points, images and couplings",
       {"Targets dataset, image_patches and couplings read files: text tables, NumPy, HDF5, IDX, "
        "MatrixMarket, PNG images and folders of them. Names are relative to the deck (with --set "
        "also to where you are), else to the directories in SYMBREAK_DATA, else to "
        "/usr/share/datasets. `check` prints what it understood of each.",
        "Step by step, in inputs/tutorial: my_images.md, my_points.md, my_couplings.md."}},
      {"results",
       "from a finished run to numbers",
       {"  symbreak analyze RUN           numbers with errors, against predictions",
        "  symbreak analyze RUN --csv     the same as a table; --json for programs",
        "  symbreak export RUN            every recorded value, one row each",
        "  symbreak report RUN            a page with figures",
        "In Python: analysis/python/symbreak.py, symbreak.open(RUN).table()."}},
  };
  return all;
}

std::string topic_text(const Topic& topic, std::size_t width) {
  std::string text;
  for (const std::string& paragraph : topic.paragraphs) {
    const bool as_it_is = paragraph.starts_with(' ') && layout::width(paragraph) <= width;
    text += as_it_is ? paragraph + "\n" : layout::wrapped(paragraph, width);
  }
  return text;
}

}  // namespace symbreak::deck
