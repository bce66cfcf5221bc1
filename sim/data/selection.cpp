#include "sim/data/selection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "sim/data/array.hpp"
#include "sim/data/folder.hpp"
#include "sim/deck/optional_keys.hpp"

namespace symbreak::data {

namespace {

std::vector<std::int64_t> read_labels(const deck::Parameters& parameters, Index points) {
  const std::string& path = parameters.word("target.labels_path");
  const bool separate = !parameters.word("target.labels").empty();
  if (!separate && path.empty()) {
    const Source source = file_of(parameters);
    return format_of(source) == "png" ? list_folder(source).labels : std::vector<std::int64_t>();
  }
  const std::string key = separate ? "target.labels" : "target.labels_path";
  Source source{parameters.word(separate ? "target.labels" : "target.file"), key, "auto", path};
  source.row = "label";
  source.path_key = "target.labels_path";
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

deck::Key optional_word(const std::string& section, const std::string& name,
                        const std::string& text, const std::vector<std::string>& choices) {
  return deck::optional_key(deck::word_key(section, name, "", text, choices));
}

}  // namespace

std::vector<deck::Key> file_keys(const std::string& file_text, const std::string& point) {
  using deck::Key;
  using deck::Kind;
  const std::string section = "target";
  Key file = deck::plain_key(Kind::file, section, "file", deck::required,
                             file_text + "; PNG: an image, or a folder of them");
  file.folder = true;
  return {
      file,
      deck::word_key(section, "format", "auto",
                     "auto: by the file's extension (capitals and .gz make no difference), or "
                     "else by its first bytes",
                     {"auto", "idx", "npy", "npz", "csv", "hdf5", "png"}),
      deck::used_with(
          "format=auto|npz|hdf5",
          deck::plain_key(deck::Kind::text, section, "dataset_path", "",
                          "HDF5: the data set to read, /images; .npz: the array, images")),
      deck::used_with(
          "format=auto|csv",
          deck::count_key(section, "header_lines", "",
                          "text: lines above the first row of numbers; default: one, if it holds "
                          "names",
                          0, 1000)),
      deck::used_with(
          "format=auto|csv",
          deck::count_key(
              section, "name_columns", "",
              "text: leading columns that hold names of rows, no data; default: one, if "
              "the header has no name for it",
              0, 100)),
      deck::used_with(
          "format=auto|png",
          optional_word(section, "colours",
                        "PNG: grey: .299 R + .587 G + .114 B; rgb: three channels; default: as "
                        "stored, all images alike",
                        {"grey", "rgb"})),
      deck::used_with(
          "format=auto|png",
          optional_word(section, "alpha",
                        "transparency of PNG: drop: as if opaque; white, black: blended onto it; "
                        "keep: one more channel; default: must be opaque everywhere",
                        {"drop", "white", "black", "keep"})),
      deck::count_key(section, "columns", "",
                      "numbers per " + point + " that the file must have; default: any"),
      deck::count_key(section, "point_axis", "",
                      "axis that counts the " + point +
                          "s; default: 0, the first (of MATLAB's and Octave's arrays: as they "
                          "show them)",
                      0, 7),
      deck::plain_key(deck::Kind::file, section, "labels", "",
                      "file with one integer label per " + point +
                          ": the classes; default: by folder, of PNG images in one folder a class"),
      deck::plain_key(deck::Kind::text, section, "labels_path", "",
                      "HDF5: the data set of the labels, .npz: the array, in `labels` or else in "
                      "`file`"),
      Key{.section = section,
          .name = "select",
          .kind = Kind::integer,
          .fallback = "",
          .text = "only " + point + "s with these labels; default: all",
          .arity = deck::Arity::list}};
}

Source file_of(const deck::Parameters& parameters) {
  Source source{parameters.word("target.file"), "target.file", parameters.word("target.format"),
                parameters.word("target.dataset_path")};
  const auto integer = [&](const char* key, int fallback) {
    return parameters.has(key) ? static_cast<int>(parameters.integer(key)) : fallback;
  };
  source.path_key = "target.dataset_path";
  source.settled_by_keys = true;
  source.header_lines = integer("target.header_lines", -1);
  source.name_columns = integer("target.name_columns", -1);
  source.columns_wanted = static_cast<std::size_t>(integer("target.columns", 0));
  source.point_axis = integer("target.point_axis", 0);
  const auto word = [&](const char* key) {
    return parameters.has(key) ? parameters.word(key) : std::string();
  };
  source.colours = word("target.colours");
  source.alpha = word("target.alpha");
  return source;
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
  const std::string key = parameters.has("target.class") ? "target.class" : "target.select";
  Selection result;
  std::set<std::int64_t> present(labels.begin(), labels.end());
  if (!wanted.empty()) {
    if (labels.empty()) {
      throw deck::KeyError(key, "choosing classes needs target.labels");
    }
    for (const double label : wanted) {
      if (!present.contains(static_cast<std::int64_t>(label))) {
        throw deck::KeyError(key, fmt::format("no data point has label {}; the labels are {}",
                                              label, fmt::join(present, ", ")));
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
