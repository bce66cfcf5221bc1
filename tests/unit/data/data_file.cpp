// Data files: what can be read, and that whatever is wrong ends in one message that says what.
#include <hdf5.h>
#include <zlib.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "sim/data/array.hpp"
#include "sim/data/bits.hpp"
#include "sim/data/understood.hpp"
#include "sim/deck/parameters.hpp"
#include "tests/scratch.hpp"

using namespace symbreak;
using data::read;

namespace {

class Folder : public test::ScratchFolder {
 public:
  std::string write_gzip(const std::string& name, const std::string& bytes) const {
    gzFile out = gzopen(file(name).c_str(), "wb");
    gzwrite(out, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(out);
    return file(name);
  }
};

std::string fault(const data::Source& source) {
  try {
    read<float>(source);
  } catch (const deck::KeyError& error) {
    CHECK(error.key == "target.file");
    const std::string message = error.what();
    CHECK(message.starts_with(source.file + ": "));
    return message.substr(source.file.size() + 2);
  }
  return "no error";
}
std::string fault(const std::string& file) { return fault({file, "target.file"}); }

std::string idx(char type, const std::vector<std::uint32_t>& shape, const std::string& data) {
  std::string bytes{0, 0, type, static_cast<char>(shape.size())};
  for (const std::uint32_t extent : shape) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(extent >> shift & 255);
  }
  return bytes + data;
}

std::string npy(const std::string& type, const std::string& order, const std::string& shape,
                const std::string& data) {
  std::string header =
      "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
  header.resize(117, ' ');
  header += '\n';
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header +
         data;
}

template <class T>
std::string raw(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

}  // namespace

TEST_CASE("IDX files, plain and compressed, all number types") {
  const Folder folder;
  const std::string bytes = idx(8, {2, 1, 3}, std::string("\x00\x01\x02\xff\x80\x10", 6));
  for (const std::string& file :
       {folder.write("a-idx3-ubyte", bytes), folder.write_gzip("b-idx3-ubyte.gz", bytes)}) {
    const auto array = read<float>({file, "target.file"});
    CHECK(array.shape == std::vector<std::size_t>{2, 1, 3});
    CHECK(array.values == std::vector<float>{0, 1, 2, 255, 128, 16});
    CHECK(array.columns() == 3);
  }
  const auto value = [&](char type, const std::string& data) {
    return read<double>({folder.write("t.idx", idx(type, {1}, data)), "target.file"}).values[0];
  };
  CHECK(value(9, "\xfe") == -2);
  CHECK(value(11, "\xff\xfd") == -3);
  CHECK(value(12, "\xff\xff\xff\xf0") == -16);
  CHECK(value(13, std::string("\x3f\xc0\x00\x00", 4)) == 1.5);
  CHECK(value(14, std::string("\xbf\xf8\x00\x00\x00\x00\x00\x00", 8)) == -1.5);
}

TEST_CASE("Broken IDX files") {
  const Folder folder;
  const auto says = [&](const std::string& bytes) { return fault(folder.write("x.idx", bytes)); };
  CHECK_THAT(says("PNG!"), Catch::StartsWith("no IDX file: begins with bytes 50 4e 47 21"));
  CHECK_THAT(says(std::string("\0\0", 2)), Catch::StartsWith("no IDX file"));
  CHECK(says(std::string("\0\0\x08\x02\0\0\0\x05", 8)) ==
        "truncated in the header, at extent 2 of 2");
  CHECK(says(idx(8, {30, 2}, "abcde")) ==
        "declares 30 x 2 numbers, but the file has room for 17 at most");
  CHECK(says(idx(8, {3, 2}, "abcde")) == "truncated: 5 of 6 data bytes (shape 3 x 2)");
  CHECK(says(idx(8, {2, 2}, "abcde")) ==
        "has bytes beyond the 4 numbers of shape 2 x 2 that it declares");
  CHECK(says(idx(8, {0, 2}, "")) == "empty array of shape 0 x 2");
  // 2^96 numbers declared in 20 bytes: refused before anything is allocated.
  CHECK_THAT(says(idx(8, {0xffffffff, 0xffffffff, 0xffffffff}, "")), Catch::Contains("room for"));
  std::string packed;
  {
    const std::string file =
        folder.write_gzip("y-ubyte.gz", idx(8, {4000}, std::string(4000, 'q')));
    std::ifstream in(file, std::ios::binary);
    packed.assign(std::istreambuf_iterator<char>(in), {});
  }
  CHECK_THAT(fault(folder.write("z-ubyte.gz", packed.substr(0, packed.size() - 12))),
             Catch::StartsWith("truncated"));
}

TEST_CASE("NumPy files") {
  const Folder folder;
  const auto load = [&](const std::string& bytes) {
    return read<double>({folder.write("a.npy", bytes), "target.file"});
  };
  const auto array = load(npy("<f8", "False", "(2, 3)", raw<double>({1, 2, 3, 4, 5, 0.1})));
  CHECK(array.shape == std::vector<std::size_t>{2, 3});
  CHECK(array.values.back() == 0.1);
  CHECK(load(npy("<f4", "False", "(2,)", raw<float>({1, -2}))).values ==
        std::vector<double>{1, -2});
  CHECK(load(npy("<i8", "False", "(1, 2)", raw<std::int64_t>({-5, 7}))).values ==
        std::vector<double>{-5, 7});
  CHECK(load(npy("|u1", "False", "(2,)", "\xff\x01")).values == std::vector<double>{255, 1});

  const auto says = [&](const std::string& bytes) { return fault(folder.write("b.npy", bytes)); };
  CHECK_THAT(says("hello world"), Catch::StartsWith("no .npy file"));
  CHECK_THAT(says(npy("<f16", "False", "(1,)", std::string(16, 'x'))),
             Catch::StartsWith("numbers of NumPy type <f16 are not supported"));
  CHECK_THAT(says(npy("<c16", "False", "(1,)", raw<double>({1, 2}))),
             Catch::StartsWith("numbers of NumPy type <c16"));
  CHECK(says(npy("<f8", "False", "(2, 2)", raw<double>({1, 2, 3}))) ==
        "declares 2 x 2 numbers, but the file has room for 3 at most");
  CHECK(says(npy("<f8", "False", "(2,)", raw<double>({1, 2, 3}))) ==
        "has 24 data bytes, but its shape 2 of <f8 needs 16");
  CHECK_THAT(says(npy("<f8", "False", "(99999999999999999999,)", "")),
             Catch::StartsWith("the .npy header declares the shape"));
  CHECK_THAT(says(npy("<f8", "False", "(9999999999, 9999999999, 9999999999)", "12345678")),
             Catch::Contains("room for 1 at most"));
  CHECK_THAT(says(npy("<f8", "False", "(0, 3)", "")), Catch::StartsWith("empty array"));
  CHECK(says(npy("<f4", "False", "(2, 2)", raw<float>({1, 2, NAN, 4}))) ==
        "NaN at data point 1, coordinate 0; expected finite numbers");
  CHECK(says(std::string("\x93NUMPY\x01\x00\xff\xff", 10)) == "truncated in the .npy header");
}

TEST_CASE("Text tables") {
  const Folder folder;
  const auto array =
      read<double>({folder.write("a.csv", "# x, y\n1, 2\n\n -3.5 ,+4e-1\r\n"), "target.file"});
  CHECK(array.shape == std::vector<std::size_t>{2, 2});
  CHECK(array.values == std::vector<double>{1, 2, -3.5, 0.4});
  CHECK(read<double>({folder.write("b.txt", "1 \t 2\n3   4"), "target.file"}).values ==
        std::vector<double>{1, 2, 3, 4});

  const auto says = [&](const std::string& text) { return fault(folder.write("c.csv", text)); };
  CHECK(says("1,2\n3,apple\n") == "line 2, column 3: 'apple'; expected a number");
  CHECK(says("1,,2\n") ==
        "a missing value (nothing) at data point 0, coordinate 1; expected finite numbers (line 1, "
        "column 3)");
  CHECK(says("1,2\n\n3\n") == "line 3 has 1 numbers; expected 2 as in line 1");
  CHECK(says("# nothing\n") == "holds no numbers");
  CHECK(says("1,nan\n") ==
        "NaN at data point 0, coordinate 1; expected finite numbers (line 1, column 3)");
  CHECK_THAT(says("1e39\n"), Catch::StartsWith("infinity (or a number too large"));
  CHECK_THAT(says("1e-30,-2e-30\n"), Catch::StartsWith("its largest number is 2e-30"));
  CHECK_THAT(says("1e999\n"), Catch::StartsWith("line 1, column 1: '1e999'"));
}

TEST_CASE("HDF5 files") {
  const Folder folder;
  const std::string name = folder.file("a.h5");
  const hid_t file = H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hsize_t shape[2] = {2, 3}, huge[2] = {1u << 30, 1u << 30};
  const std::int32_t values[6] = {1, 2, 3, 4, 5, -6};
  const auto add = [&](const char* path, const hsize_t* extents, hid_t type, bool fill) {
    const hid_t space = H5Screate_simple(2, extents, nullptr);
    const hid_t data = H5Dcreate2(file, path, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    if (fill) H5Dwrite(data, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Dclose(data);
    H5Sclose(space);
  };
  add("images", shape, H5T_STD_I16BE, true);
  add("huge", huge, H5T_NATIVE_DOUBLE, false);
  H5Fclose(file);

  const auto array = read<float>({name, "target.file", "auto", "/images"});
  CHECK(array.shape == std::vector<std::size_t>{2, 3});
  CHECK(array.values == std::vector<float>{1, 2, 3, 4, 5, -6});
  CHECK(fault({name, "target.file", "auto", "/pictures"}) ==
        "no data set '/pictures'; data sets of the file: /huge (1073741824 x 1073741824), /images "
        "(2 x 3)");
  // The key that settles it is named where the deck has one.
  data::Source several{name, "target.file"};
  CHECK_THAT(fault(several), Catch::StartsWith("data sets of the file: /huge") &&
                                 Catch::EndsWith("write the one wanted to a file of its own"));
  several.path_key = "target.dataset_path";
  CHECK_THAT(fault(several), Catch::EndsWith("set target.dataset_path to the one wanted"));
  CHECK_THAT(fault({name, "target.file", "auto", "/huge"}), Catch::Contains("has 0 bytes of data"));
  CHECK(fault(folder.write("b.h5", "not an HDF5 file")) == "no HDF5 file, or a damaged one");
}

TEST_CASE("Files that are none") {
  const Folder folder;
  CHECK(fault(folder.write("empty.csv", "")) == "is empty");
  CHECK(fault(folder.file("missing.csv")) == "no such file");
  CHECK(fault({std::filesystem::temp_directory_path().string(), "target.file", "csv"}) ==
        "is a directory; expected a data file");
  CHECK_THAT(fault(folder.write("photo.jpeg", "x")), Catch::StartsWith("format not known"));
}

TEST_CASE("NumPy kinds: byte order, Fortran order, halves, flags, all widths") {
  const Folder folder;
  const auto load = [&](const std::string& bytes) {
    return read<double>({folder.write("k.npy", bytes), "target.file"});
  };
  // Bytes by their values: hexadecimal escapes in text swallow the digits that follow.
  const auto bytes = [](const std::vector<int>& values) {
    return std::string(values.begin(), values.end());
  };
  using Values = std::vector<double>;
  CHECK(load(npy(">f8", "False", "(2,)",
                 bytes({0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0})))
            .values == Values{1.5, -2});
  CHECK(load(npy(">f4", "False", "(1,)", bytes({0x3f, 0xc0, 0, 0}))).values == Values{1.5});
  CHECK(load(npy(">i2", "False", "(2,)", bytes({0xff, 0xfd, 1, 0}))).values == Values{-3, 256});
  CHECK(load(npy("<u4", "False", "(1,)", bytes({255, 255, 255, 255}))).values ==
        Values{4294967295.0});
  CHECK(load(npy(">u8", "False", "(1,)", bytes({0, 0, 0, 1, 0, 0, 0, 0}))).values ==
        Values{4294967296.0});
  CHECK(load(npy("|b1", "False", "(3,)", bytes({1, 0, 1}))).values == Values{1, 0, 1});
  // Halves: 1, -2, the smallest, the largest, 1/3 to 11 bits.
  CHECK(load(npy("<f2", "False", "(5,)", bytes({0, 0x3c, 0, 0xc0, 1, 0, 0xff, 0x7b, 0x55, 0x35})))
            .values == Values{1, -2, std::ldexp(1.0, -24), 65504, 1365.0 / 4096});
  CHECK(load(npy(">f2", "False", "(1,)", bytes({0x3c, 0}))).values == Values{1});
  CHECK_THAT(fault(folder.write("inf.npy", npy("<f2", "False", "(1,)", bytes({0, 0x7c})))),
             Catch::StartsWith("infinity"));
  // Columns first: 0 1 2 / 3 4 5 is stored as 0 3 1 4 2 5; three axes likewise.
  const auto fortran = load(npy("<f8", "True", "(2, 3)", raw<double>({0, 3, 1, 4, 2, 5})));
  CHECK(fortran.shape == std::vector<std::size_t>{2, 3});
  CHECK(fortran.values == Values{0, 1, 2, 3, 4, 5});
  CHECK(load(npy("|u1", "True", "(2, 1, 3)", bytes({0, 3, 1, 4, 2, 5}))).values ==
        Values{0, 1, 2, 3, 4, 5});
  // Compressed as a whole, in capitals.
  const std::string packed =
      folder.write_gzip("Z.NPY.GZ", npy("<f4", "False", "(2,)", raw<float>({1, -2})));
  CHECK(read<double>({packed, "target.file"}).values == Values{1, -2});
}

TEST_CASE("Archives of NumPy: one array, a named one, stored and deflated") {
  const Folder folder;
  // A zip archive by the layout of PKWARE's APPNOTE, every member stored or deflated.
  const auto word = [](std::size_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) {
      text += i < 8 ? static_cast<char>(value >> (8 * i) & 255) : '\0';
    }
    return text;
  };
  const auto zip = [&](const std::vector<std::pair<std::string, std::string>>& members,
                       bool deflated) {
    std::string bytes, directory;
    for (const auto& [name, content] : members) {
      std::string stored = content;
      const auto* const plain = reinterpret_cast<const Bytef*>(content.data());
      if (deflated) {
        z_stream stream{};
        deflateInit2(&stream, 6, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
        stored.resize(content.size() + 100);
        stream.next_in = const_cast<Bytef*>(plain);
        stream.avail_in = static_cast<uInt>(content.size());
        stream.next_out = reinterpret_cast<Bytef*>(stored.data());
        stream.avail_out = static_cast<uInt>(stored.size());
        deflate(&stream, Z_FINISH);
        stored.resize(stream.total_out);
        deflateEnd(&stream);
      }
      const std::string common = word(deflated ? 8 : 0, 2) + word(0, 4) +
                                 word(crc32(0, plain, static_cast<uInt>(content.size())), 4) +
                                 word(stored.size(), 4) + word(content.size(), 4) +
                                 word(name.size(), 2) + word(0, 2);
      directory += "PK\x01\x02" + word(20, 2) + word(20, 2) + word(0, 2) + common + word(0, 10) +
                   word(bytes.size(), 4) + name;
      bytes += "PK\x03\x04" + word(20, 2) + word(0, 2) + common + name + stored;
    }
    return bytes + directory + "PK\x05\x06" + word(0, 4) + word(members.size(), 2) +
           word(members.size(), 2) + word(directory.size(), 4) + word(bytes.size(), 4) + word(0, 2);
  };
  const std::string x = npy("<f8", "False", "(1, 2)", raw<double>({1, 2})),
                    y = npy("<f8", "False", "(2,)", raw<double>({3, 4}));
  for (const bool deflated : {false, true}) {
    const std::string one = folder.write("one.npz", zip({{"arr_0.npy", x}}, deflated));
    CHECK(read<double>({one, "target.file"}).values == std::vector<double>{1, 2});
    data::Source two{folder.write("two.npz", zip({{"x.npy", x}, {"y.npy", y}}, deflated)),
                     "target.file"};
    two.path_key = "target.dataset_path";
    CHECK(fault(two) == "holds the arrays x, y; set target.dataset_path to the one wanted");
    two.dataset_path = "y";
    CHECK(read<double>(two).values == std::vector<double>{3, 4});
    two.dataset_path = "z";
    CHECK(fault(two) == "no array 'z'; it holds x, y");
    std::string damaged = zip({{"arr_0.npy", x}}, deflated);
    damaged[60] = static_cast<char>(damaged[60] ^ 1);
    CHECK(fault(folder.write("damaged.npz", damaged)) != "no error");
  }
  CHECK_THAT(fault(folder.write("none.npz", "hello")), Catch::StartsWith("no zip archive"));
  CHECK_THAT(fault(folder.write("cut.npz", zip({{"x.npy", x}}, true).substr(0, 90))),
             Catch::StartsWith("no zip archive"));
}

TEST_CASE("HDF5 as its other writers leave it") {
  const Folder folder;
  const std::string name = folder.file("b.h5");
  const hid_t file = H5Fcreate(name.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const double values[6] = {1, 2, 3, 4, 5, 6};
  const auto add = [&](hid_t place, const char* path, const std::vector<hsize_t>& extents,
                       hid_t type, hid_t list = H5P_DEFAULT) {
    const hid_t space = H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr);
    const hid_t data = H5Dcreate2(place, path, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    H5Dwrite(data, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    H5Sclose(space);
    return data;
  };
  const auto text = [](hid_t object, const char* key, const std::string& value) {
    const hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, value.size());
    const hid_t attribute = H5Acreate2(object, key, type, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, value.data());
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
  };
  const auto number = [](hid_t object, const char* key, double value) {
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t attribute =
        H5Acreate2(object, key, H5T_NATIVE_DOUBLE, space, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, H5T_NATIVE_DOUBLE, &value);
    H5Aclose(attribute);
    H5Sclose(space);
  };
  const hid_t packed = H5Pcreate(H5P_DATASET_CREATE);
  const hsize_t chunk[2] = {1, 2};
  H5Pset_chunk(packed, 2, chunk);
  H5Pset_deflate(packed, 5);
  H5Dclose(add(file, "packed", {3, 2}, H5T_IEEE_F32BE, packed));
  H5Pclose(packed);
  hid_t set = add(file, "matlab", {2, 3}, H5T_NATIVE_DOUBLE);
  text(set, "MATLAB_class", "double");
  H5Dclose(set);
  const hid_t group = H5Gcreate2(file, "octave", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  number(group, "OCTAVE_NEW_FORMAT", 1);
  H5Dclose(add(group, "value", {2, 3}, H5T_NATIVE_DOUBLE));
  H5Gclose(group);
  set = add(file, "gap", {3, 2}, H5T_NATIVE_DOUBLE);
  number(set, "_FillValue", 4);
  H5Dclose(set);
  set = add(file, "scaled", {3, 2}, H5T_STD_I16LE);
  number(set, "scale_factor", 0.5);
  H5Dclose(set);
  H5Fclose(file);

  const auto load = [&](const std::string& path) {
    return read<double>({name, "target.file", "auto", path});
  };
  CHECK(load("packed").values == std::vector<double>{1, 2, 3, 4, 5, 6});
  for (const char* path : {"/matlab", "/octave/value"}) {
    // 3 points of 2 coordinates, stored coordinate by coordinate.
    const auto array = load(path);
    CHECK(array.shape == std::vector<std::size_t>{3, 2});
    CHECK(array.values == std::vector<double>{1, 4, 2, 5, 3, 6});
  }
  CHECK_THAT(fault({name, "target.file", "auto", "/gap"}),
             Catch::StartsWith("a missing value (fill value 4 of the file)"));
  CHECK_THAT(fault({name, "target.file", "auto", "/scaled"}), Catch::Contains("is packed"));
  CHECK_THAT(fault(folder.write("old.mat", "MATLAB 5.0 MAT-file, made by hand")),
             Catch::Contains("-v7.3"));
  CHECK_THAT(fault(folder.write("old.nc", "CDF and so on")), Catch::Contains("nccopy"));

  // netCDF: coordinates do not count as data sets.
  const std::string axes = folder.file("axes.nc");
  const hid_t second = H5Fcreate(axes.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  H5Dclose(add(second, "data", {3, 2}, H5T_NATIVE_FLOAT));
  set = add(second, "point", {3}, H5T_NATIVE_INT64);
  text(set, "CLASS", "DIMENSION_SCALE");
  H5Dclose(set);
  H5Fclose(second);
  CHECK(read<double>({axes, "target.file"}).values[5] == 6);
}

TEST_CASE("What was understood of a file is one line") {
  const Folder folder;
  read<double>({folder.write("lines.csv", "x,y\n1,2\n3,-4.5\n"), "target.file"});
  const auto lines = data::understood();
  CHECK(std::find(lines.begin(), lines.end(),
                  "lines.csv: line 1 is a header, 'x,y'; text separated by ','; 2 x 2 numbers, the "
                  "first axis counts the data points; values -4.5 to 3, the first 1, 2, 3, -4.5") !=
        lines.end());
}

TEST_CASE("The axis that counts the points") {
  const Folder folder;
  data::Source source{folder.write("t.csv", "1,2,3\n4,5,6\n"), "target.file"};
  source.point_axis = 1;
  const auto array = read<double>(source);
  CHECK(array.shape == std::vector<std::size_t>{3, 2});
  CHECK(array.values == std::vector<double>{1, 4, 2, 5, 3, 6});
  source.point_axis = 2;
  CHECK_THROWS_WITH(read<double>(source), Catch::Contains("has the axes 0 .. 1 only"));
}

TEST_CASE("Streams of bits: compressed ones, and text that is none") {
  const Folder folder;
  const std::string zipped = folder.write_gzip("bits.txt.gz", "0110\n01");
  const auto pairs = data::read_bits(zipped, "target.file", "auto");
  CHECK(pairs.bits == 6);
  CHECK(pairs.count[1][1] == 1);
  CHECK(pairs.count[0][1] == 2);
  const auto warned = [](const std::string& file) {
    const auto all = data::warnings();
    return std::any_of(all.begin(), all.end(), [&](const std::string& line) {
      return line.find(file) != std::string::npos;
    });
  };
  CHECK_FALSE(warned(zipped));
  const std::string fasta = folder.write("genome.fasta", ">chr1\nACGTTGCA\n");
  CHECK(data::read_bits(fasta, "target.file", "auto").bits == 8 * 15);
  CHECK(warned(fasta));
  CHECK(data::read_bits(fasta, "target.file", "bytes").bits == 8 * 15);
  CHECK_FALSE(warned(fasta));
}
