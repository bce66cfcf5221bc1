#include "sim/data/pictures.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include "sim/data/folder.hpp"
#include "sim/data/png.hpp"
#include "sim/data/understood.hpp"

namespace symbreak::data {

namespace {

std::string path_of(const std::string& folder, const std::string& file) {
  return file.empty() ? folder : (std::filesystem::path(folder) / file).string();
}

/// Runs `act` and says of which image what went wrong.
template <class Act>
auto of_image(const Source& source, const std::string& file, const Act& act) {
  try {
    return act();
  } catch (const std::runtime_error& error) {
    fail(source, file.empty() ? error.what() : fmt::format("{}: {}", file, error.what()));
  }
}

/// What all images of a set have in common.
struct Format {
  std::size_t width = 0, height = 0;
  bool colour = false, alpha = false;
  std::set<int> bits;
  std::size_t channels() const { return (colour ? 3 : 1) + (alpha ? 1 : 0); }
  std::size_t size() const { return channels() * height * width; }
};

std::string text_of(const PngHead& head) {
  return fmt::format("{} x {} pixels in {}", head.height, head.width,
                     head.colour ? "colour" : "grey");
}

Format common_format(const Source& source, const Folder& folder) {
  Format result;
  PngHead first;
  const bool as_stored = source.colours.empty();
  for (const std::string& file : folder.files) {
    const PngHead head =
        of_image(source, file, [&] { return Png(path_of(source.file, file)).head(); });
    if (result.bits.empty()) first = head;
    const bool same_size = head.width == first.width && head.height == first.height;
    if (!same_size || (as_stored && head.colour != first.colour)) {
      fail(source, fmt::format("{} has {}, {} has {}; expected {}", file, text_of(head),
                               folder.files.front(), text_of(first),
                               same_size ? "all alike: set target.colours = grey or rgb"
                                         : "images of one size"));
    }
    result.bits.insert(head.bits);
    result.alpha = result.alpha || head.alpha;
  }
  result.width = first.width;
  result.height = first.height;
  result.colour = as_stored ? first.colour : source.colours == "rgb";
  result.alpha = result.alpha && source.alpha == "keep";
  return result;
}

/// Numbers 0 to 255 of one image, channel after channel.
class Conversion {
 public:
  Conversion(const Source& source, const Format& format)
      : alpha_(source.alpha), wanted_(format), background_(source.alpha == "white" ? 65535 : 0) {}

  template <class T>
  void operator()(const PngHead& head, const std::vector<std::uint16_t>& samples, T* out) {
    const std::size_t pixels = head.width * head.height, channels = head.channels(),
                      colours = head.colour ? 3 : 1;
    for (std::size_t i = 0; i < pixels; ++i) {
      const std::uint16_t* const pixel = &samples[i * channels];
      double colour[3] = {};
      for (std::size_t c = 0; c < colours; ++c) colour[c] = pixel[c];
      const double opacity = head.alpha ? pixel[colours] : kFull;
      if (opacity != kFull) {
        if (alpha_.empty()) {
          throw std::runtime_error(fmt::format(
              "the pixel in row {}, column {} is not opaque; set target.alpha = white or black "
              "(blended onto it), drop, or keep (a channel)",
              i / head.width, i % head.width));
        }
        if (alpha_ == "white" || alpha_ == "black") {
          for (double& value : colour) {
            value = (value * opacity + background_ * (kFull - opacity)) / kFull;
          }
        }
      }
      if (!head.colour) colour[1] = colour[2] = colour[0];
      grey_ = grey_ && colour[0] == colour[1] && colour[1] == colour[2];
      if (!wanted_.colour && head.colour) {
        colour[0] = .299 * colour[0] + .587 * colour[1] + .114 * colour[2];
      }
      const std::size_t kept = wanted_.colour ? 3 : 1;
      for (std::size_t c = 0; c < kept; ++c) out[c * pixels + i] = static_cast<T>(colour[c] / 257);
      if (wanted_.alpha) out[kept * pixels + i] = static_cast<T>(opacity / 257);
    }
  }
  /// Whether no pixel had a colour.
  bool grey() const { return grey_; }

 private:
  static constexpr double kFull = 65535;
  std::string alpha_;
  Format wanted_;
  double background_;
  bool grey_ = true;
};

/// Fills `out` with all images; whether none of them has a colour.
template <class T>
bool convert_all(const Source& source, const Folder& folder, const Format& format, T* out) {
  Conversion convert(source, format);
  std::vector<std::uint16_t> samples;
  for (const std::string& file : folder.files) {
    of_image(source, file, [&] {
      Png png(path_of(source.file, file));
      png.read(samples);
      if (png.head().width != format.width || png.head().height != format.height) {
        throw std::runtime_error("has changed while it was read");
      }
      convert(png.head(), samples, out);
    });
    out += format.size();
  }
  return convert.grey();
}

void tell(const Source& source, const Folder& folder, const Format& format, bool grey) {
  const auto& files = folder.files;
  note(source, files.size() == 1
                   ? fmt::format("PNG image{}{}", files.front().empty() ? "" : " ", files.front())
                   : fmt::format("{} PNG images in the order of their names, {}, {} .. {}",
                                 files.size(), files.front(), files[1], files.back()));
  note(source, fmt::format("{}, {}-bit pixels as 0 to 255", format.colour ? "colour" : "grey",
                           fmt::join(format.bits, ", ")));
  if (format.alpha) note(source, "alpha is the last channel");
  if (!folder.classes.empty()) {
    std::vector<std::string> classes;
    constexpr std::size_t kShown = 12;
    const std::set<std::int64_t> labels(folder.labels.begin(), folder.labels.end());
    for (std::size_t k = 0; k < std::min(kShown, folder.classes.size()); ++k) {
      const auto first = std::find_if(files.begin(), files.end(), [&](const std::string& file) {
        return file.starts_with(folder.classes[k] + "/");
      });
      const std::string label =
          fmt::format("{}", folder.labels[static_cast<std::size_t>(first - files.begin())]);
      const std::string& name = folder.classes[k];
      classes.push_back(name == label ? name : fmt::format("{} = {}", label, name));
    }
    note(source, fmt::format("labels by folder: {}{}", fmt::join(classes, ", "),
                             folder.classes.size() > kShown ? ", .." : ""));
  }
  if (!folder.ignored.empty()) {
    warn(source, fmt::format("{} file{} no .png: {}{}", folder.ignored.size(),
                             folder.ignored.size() == 1 ? " is" : "s are", folder.ignored.front(),
                             folder.ignored.size() == 1 ? "" : ", .."));
  }
  if (format.colour && grey && source.colours.empty()) {
    warn(source,
         "every pixel is grey in three equal channels; target.colours = grey makes it one number");
  }
}

/// Memory is taken for what the machine has room for.
void check_memory(const Source& source, const Folder& folder, const Format& format,
                  std::size_t bytes_per_number) {
  const double machine = machine_memory();
  const double pixels = static_cast<double>(format.width) * static_cast<double>(format.height) *
                        static_cast<double>(format.channels());
  // One image at 16 bits and at most 4 channels is there besides.
  const double bytes = pixels * static_cast<double>(folder.files.size() * bytes_per_number) +
                       pixels / static_cast<double>(format.channels()) * 8;
  if (bytes > machine / 2) {
    fail(source, fmt::format("declares {} image{} of {} x {} pixels, {:.3g} GB of numbers; this "
                             "machine has {:.3g} GB",
                             folder.files.size(), folder.files.size() == 1 ? "" : "s",
                             format.height, format.width, bytes / 1e9, machine / 1e9));
  }
}

}  // namespace

template <class T>
Array<T> read_pictures(const Source& source) {
  const Folder folder = list_folder(source);
  const Format format = common_format(source, folder);
  check_memory(source, folder, format, sizeof(T));
  Array<T> array;
  array.shape = {folder.files.size(), format.height, format.width};
  if (format.channels() > 1) array.shape.insert(array.shape.begin() + 1, format.channels());
  array.values.resize(folder.files.size() * format.size());
  tell(source, folder, format, convert_all(source, folder, format, array.values.data()));
  return array;
}

bool holds_pictures(const std::string& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) return true;
  char head[8] = {};
  std::ifstream(file, std::ios::binary).read(head, sizeof head);
  return std::string_view(head, sizeof head) == "\x89PNG\r\n\x1a\n";
}

void see_pictures(const std::string& file, const SeePicture& see) {
  const Folder folder = list_folder({.file = file});
  std::vector<std::uint16_t> samples;
  for (std::size_t i = 0; i < folder.files.size(); ++i) {
    Png png(path_of(file, folder.files[i]));
    png.read(samples);
    const PngHead& head = png.head();
    const std::int64_t about[] = {
        static_cast<std::int64_t>(head.height), static_cast<std::int64_t>(head.width),
        static_cast<std::int64_t>(head.channels()), folder.labels.empty() ? -1 : folder.labels[i]};
    see(about, samples);
  }
}

template Array<float> read_pictures<float>(const Source&);
template Array<double> read_pictures<double>(const Source&);

}  // namespace symbreak::data
