#include "sim/data/folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <map>

namespace symbreak::data {

namespace {

namespace fs = std::filesystem;

struct Listing {
  std::vector<std::string> images, others, folders;  ///< names, sorted
};

Listing list(const Source& source, const fs::path& folder) {
  Listing result;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    std::error_code unknown;
    if (name.starts_with('.')) continue;
    if (at->is_directory(unknown)) {
      result.folders.push_back(name);
    } else {
      (plain_name(name).ends_with(".png") ? result.images : result.others).push_back(name);
    }
  }
  if (error) fail(source, fmt::format("{}: {}", folder.string(), error.message()));
  for (auto* names : {&result.images, &result.others, &result.folders}) {
    std::sort(names->begin(), names->end());
  }
  return result;
}

/// The labels of classes of these names.
std::vector<std::int64_t> labels_of(const std::vector<std::string>& classes) {
  std::vector<std::int64_t> labels;
  for (const std::string& name : classes) {
    std::int64_t label = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), label);
    if (error != std::errc{} || end != name.data() + name.size()) break;
    if (std::find(labels.begin(), labels.end(), label) != labels.end()) break;  // 1 and 01
    labels.push_back(label);
  }
  if (labels.size() == classes.size()) return labels;
  labels.resize(classes.size());
  for (std::size_t k = 0; k < labels.size(); ++k) labels[k] = static_cast<std::int64_t>(k);
  return labels;
}

/// ", but 3 .jpg files": what a folder without PNG images holds instead.
std::string instead(const std::vector<std::string>& others) {
  std::map<std::string, int> kinds;
  for (const std::string& name : others) ++kinds[fs::path(name).extension().string()];
  if (kinds.empty()) return "";
  const auto most = std::max_element(
      kinds.begin(), kinds.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return fmt::format(", but {} {} file{}", most->second,
                     most->first.empty() ? "other" : most->first, most->second == 1 ? "" : "s");
}

}  // namespace

Folder list_folder(const Source& source) {
  Folder result;
  if (std::error_code error; !fs::is_directory(source.file, error)) {
    result.files.emplace_back();
    return result;
  }
  const Listing top = list(source, source.file);
  result.ignored = top.others;
  std::vector<std::pair<std::string, std::size_t>> members;  // name, class
  for (const std::string& name : top.folders) {
    const Listing inner = list(source, fs::path(source.file) / name);
    for (const std::string& folder : inner.folders) {
      if (!list(source, fs::path(source.file) / name / folder).images.empty()) {
        fail(source, fmt::format("has images in {}/{}; expected them in the folder itself or in "
                                 "one folder a class",
                                 name, folder));
      }
    }
    for (const std::string& other : inner.others) result.ignored.push_back(name + "/" + other);
    for (const std::string& image : inner.images) {
      members.emplace_back(image, result.classes.size());
    }
    if (!inner.images.empty()) result.classes.push_back(name);
  }
  if (!top.images.empty() && !result.classes.empty()) {
    fail(source,
         fmt::format("has images ({}) beside a folder of images ({}); expected all in the folder "
                     "itself, or all in one folder a class",
                     top.images.front(), result.classes.front()));
  }
  const std::vector<std::int64_t> labels = labels_of(result.classes);
  std::sort(members.begin(), members.end());
  for (const auto& [name, k] : members) {
    result.files.push_back(result.classes[k] + "/" + name);
    result.labels.push_back(labels[k]);
  }
  if (result.classes.empty()) result.files = top.images;
  if (result.files.empty()) {
    fail(source, fmt::format("is a folder without a PNG image{}{}", instead(result.ignored),
                             result.ignored.empty() ? "" : "; only PNG is read"));
  }
  return result;
}

}  // namespace symbreak::data
