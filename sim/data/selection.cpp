#include "sim/data/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "sim/data/array.hpp"
#include "sim/deck/key_forms.hpp"

namespace symbreak::data {

namespace {

std::vector<std::int64_t> read_labels(const deck::Parameters& parameters, Index points) {
  const std::string& path = parameters.word("target.labels_path");
  const bool separate = !parameters.word("target.labels").empty();
  if (!separate && path.empty()) return {};
  const std::string key = separate ? "target.labels" : "target.labels_path";
  const Source source{parameters.word(separate ? "target.labels" : "target.file"), key, "auto",
                      path};
  const auto array = read<double>(source);
  if (static_cast<Index>(array.values.size()) != points) {
    fail(source, fmt::format("{} labels (shape {}) for {} data points", array.values.size(),
                             shape_text(array.shape), points));
  }
  std::vector<std::int64_t> labels;
  for (const double label : array.values) {
    if (label != std::rint(label) || std::abs(label) > 1e15) {
      fail(source,
           fmt::format("label {} of data point {}; expected integers", label, labels.size()));
    }
    labels.push_back(static_cast<std::int64_t>(label));
  }
  return labels;
}

}  // namespace

std::vector<deck::Key> file_keys(const std::string& file_text, const std::string& point) {
  using deck::Key;
  using deck::Kind;
  const std::string section = "target";
  return {deck::plain_key(deck::Kind::file, section, "file", deck::required, file_text),
          deck::word_key(section, "format", "auto", "auto: by the file's extension",
                         {"auto", "idx", "npy", "csv", "hdf5"}),
          deck::plain_key(deck::Kind::text, section, "dataset_path", "",
                          "HDF5: the data set to read, /images"),
          deck::plain_key(deck::Kind::file, section, "labels", "",
                          "file with one integer label per " + point + ": the classes"),
          deck::plain_key(deck::Kind::text, section, "labels_path", "",
                          "HDF5: the data set of the labels, in `labels` or else in `file`"),
          Key{.section = section,
              .name = "select",
              .kind = Kind::integer,
              .fallback = "",
              .text = "only " + point + "s with these labels; default: all",
              .arity = deck::Arity::list}};
}

Selection select(const deck::Parameters& parameters, Index count) {
  const std::vector<std::int64_t> labels = read_labels(parameters, count);
  std::vector<double> wanted = parameters.reals("target.select");
  if (parameters.has("target.class")) {
    wanted.push_back(static_cast<double>(parameters.integer("target.class")));
    if (wanted.size() > 1) {
      throw deck::KeyError("target.class",
                           "choose classes by target.select or one by target.class");
    }
  }
  Selection result;
  std::set<std::int64_t> present(labels.begin(), labels.end());
  if (!wanted.empty()) {
    if (labels.empty()) {
      throw deck::KeyError(parameters.has("target.class") ? "target.class" : "target.select",
                           "choosing classes needs target.labels");
    }
    for (const double label : wanted) {
      if (!present.contains(static_cast<std::int64_t>(label))) {
        throw deck::KeyError("target.select",
                             fmt::format("no data point has label {}; the labels are {}", label,
                                         fmt::join(present, ", ")));
      }
    }
    std::erase_if(present, [&](std::int64_t label) {
      return std::find(wanted.begin(), wanted.end(), static_cast<double>(label)) == wanted.end();
    });
  }
  for (Index j = 0; j < count; ++j) {
    if (labels.empty()) {
      result.points.push_back(j);
      continue;
    }
    const auto found = present.find(labels[static_cast<std::size_t>(j)]);
    if (found == present.end()) continue;
    result.points.push_back(j);
    result.labels.push_back(std::distance(present.begin(), found));
  }
  if (!labels.empty()) result.classes = static_cast<Index>(present.size());
  return result;
}

}  // namespace symbreak::data
