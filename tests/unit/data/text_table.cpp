// Text tables as spreadsheets, R, pandas, MATLAB, Fortran and people write them: the same three
// points, or one message that names the cause.
#include <catch2/catch.hpp>

#include <algorithm>

#include "sim/data/array.hpp"
#include "sim/data/understood.hpp"
#include "sim/deck/parameters.hpp"
#include "tests/scratch.hpp"

using namespace symbreak;

namespace {

const test::ScratchFolder& tables() {
  static const test::ScratchFolder one;
  return one;
}

using Numbers = std::vector<double>;

struct Table {
  std::vector<std::size_t> shape;
  Numbers values;
  std::string error;
  std::vector<std::string> warnings;
};

Table table(const std::string& text, data::Source source = {}) {
  static int count = 0;  // one file each: what is understood is kept by file
  source.file = tables().write("t" + std::to_string(++count) + ".csv", text);
  source.key = "target.file";
  source.settled_by_keys = true;
  Table result;
  try {
    auto array = data::read<double>(source);
    result.shape = array.shape;
    result.values = array.values;
  } catch (const deck::KeyError& error) {
    result.error = std::string(error.what()).substr(source.file.size() + 2);
  }
  for (const std::string& line : data::warnings()) {
    if (line.find(source.file) != std::string::npos) result.warnings.push_back(line);
  }
  return result;
}

void check_points(const std::string& text) {
  INFO(text);
  const Table found = table(text);
  CHECK(found.error.empty());
  CHECK(found.shape == std::vector<std::size_t>{3, 2});
  CHECK(found.values == Numbers{1, 2, 3, 4, -1, 0});
  CHECK(found.warnings.empty());
}

}  // namespace

TEST_CASE("The same points in every dialect") {
  check_points("1,2\n3,4\n-1,0\n");
  check_points(
      "\xef\xbb\xbf"
      "1,2\n3,4\n-1,0\n");  // byte-order mark
  check_points(
      "\xef\xbb\xbf"
      "a;b\r\n1;2\r\n3;4\r\n-1;0\r\n");  // Excel in Europe
  check_points("sep=;\n1;2\n3;4\n-1;0\n");
  check_points("1;2\n3;4\n-1;0\n");
  check_points("1\t2\n3\t4\n-1\t0\n");
  check_points("aa\tbb\n1\t2\n3\t4\n-1\t0\n");
  check_points("1 2\n 3   4 \n-1 \t0");
  check_points("a,b\r1,2\r3,4\r-1,0\r");  // old Macintosh
  check_points("\"a1\",\"a2\"\n1,2\n3,4\n-1,0\n");
  check_points("x,y\n1,2\n3,4\n-1,0\n");
  check_points("\"1\",\"2\"\n\"3\",\"4\"\n\"-1\",\"0\"\n");
  check_points("\"a, b\",\"c \"\"d\"\"\"\n1,2\n3,4\n-1,0\n");
  check_points("1,2,\n3,4,\n-1,0,\n");
  check_points("a,b,\n1,2,\n3,4,\n-1,0,\n");
  check_points("1;2;\n3;4;\n-1;0;\n");
  check_points("1,2 # first\n# a line\n3,4\n\n-1,0\n");
  check_points("% MATLAB\n1 2\n3 4\n-1 0\n");
  check_points("\"\",\"V1\",\"V2\"\n\"1\",1,2\n\"2\",3,4\n\"3\",-1,0\n");   // R: write.csv
  check_points("\"V1\" \"V2\"\n\"1\" 1 2\n\"2\" 3 4\n\"3\" -1 0\n");        // R: write.table
  check_points(",a,b\n0,1,2\n1,3,4\n2,-1,0\n");                             // pandas: to_csv
  check_points(",0,1\n0,1,2\n1,3,4\n2,-1,0\n");                             // without names
  check_points(",a,b\n2024-01-01,1,2\n2024-01-02,3,4\n2024-01-03,-1,0\n");  // dates as index
  check_points("+1,2\n3.0,4e0\n-1D+00,0\n");
}

TEST_CASE("One column, flags, tiny numbers") {
  CHECK(table("value\n1\n2\n-4\n").values == Numbers{1, 2, -4});
  CHECK(table("True,False\nFalse,True\n").values == Numbers{1, 0, 0, 1});
  CHECK(table("a,b\nTRUE,FALSE\n").values == Numbers{1, 0});
  CHECK(table("1e-400,2\n").values == Numbers{0, 2});
  CHECK(table("-1e-5000,2\n").values == Numbers{0, 2});
  CHECK(table("4.9e-324\n").values[0] > 0);
  CHECK_THAT(table("1e400,2\n").error, Catch::Contains("too large for double precision"));
}

TEST_CASE("Missing values are errors in any row, the first too") {
  for (const char* word :
       {"NaN", "nan", "NA", "N/A", "#N/A", "", "?", "NULL", "None", "inf", "-Infinity", "."}) {
    INFO(word);
    for (const char* before : {"", "1,2\n", "x,y\n", "x,y\n1,2\n"}) {
      const Table found = table(before + std::string(word) + ",5\n6,7\n");
      CHECK_THAT(found.error, Catch::Contains("coordinate 0; expected finite numbers (line "));
    }
  }
  CHECK(table("NaN,NaN\nNA,NA\n1,2\n3,4\n-1,0\n").error ==
        "NaN at data point 0, coordinate 0; expected finite numbers (line 1, column 1)");
  CHECK_THAT(table("Infinity,NaN\n1,2\n").error, Catch::StartsWith("infinity at data point 0"));
  CHECK_THAT(table("1\t\t3\n4\t5\t6\n").error, Catch::Contains("data point 0, coordinate 1"));
  CHECK_THAT(table("1,2\n3,\n").error, Catch::Contains("data point 1, coordinate 1"));
  CHECK_THAT(table("\"\",\"V1\"\n\"1\",NA\n").error, Catch::Contains("data point 0, coordinate 0"));
  // One line of names and no more.
  CHECK_THAT(table("x,y\nm,s\n1,2\n").error,
             Catch::StartsWith("line 2, column 1: 'm'; expected a number (line 1 was taken for"));
  CHECK(table("x,y\nm,s\n1,2\n", {.header_lines = 2}).values == Numbers{1, 2});
}

TEST_CASE("A first row 0, 1, .. is read, and asked about") {
  const std::string text = "0,1\n1,2\n3,4\n-1,0\n";
  const Table found = table(text);
  CHECK(found.shape[0] == 4);
  REQUIRE(found.warnings.size() == 1);
  CHECK_THAT(found.warnings[0], Catch::Contains("looks like a header 0, 1, ..") &&
                                    Catch::Contains("target.header_lines"));
  CHECK(table(text, {.header_lines = 1}).values == Numbers{1, 2, 3, 4, -1, 0});
  CHECK(table(text, {.header_lines = 0}).shape[0] == 4);
  CHECK(table(text, {.header_lines = 0}).warnings.empty());
  CHECK(table("0,1,2\n0.5,1,7\n").warnings.size() == 1);
  CHECK(table("0\n1.5\n2.5\n").warnings.size() == 1);
  CHECK(table("0\n1\n1\n").warnings.empty());  // labels
}

TEST_CASE("Decimal commas are named where they are certain, asked about where not") {
  CHECK(table("1,5;2\n3;4\n").error ==
        "line 1, column 1: '1,5'; a decimal comma; expected a decimal point");
  CHECK_THAT(table("x;y\n1;2\n3;4,5\n").error,
             Catch::Contains("line 3, column 3: '4,5'; a decimal"));
  CHECK_THAT(table("1,5\t2,5\n").error, Catch::Contains("decimal commas?"));
  const Table found = table("0,5\n1,5\n-2,5\n");
  REQUIRE(found.warnings.size() == 1);
  CHECK_THAT(found.warnings[0], Catch::Contains("decimal commas"));
  CHECK(table("-0,5\n1,25\n").warnings.size() == 1);
  CHECK(table("1,05\n1,25\n").warnings.size() == 1);
  CHECK(table("0,5\n1,5\n-2,5\n", {.columns_wanted = 2}).warnings.empty());
  CHECK_THAT(table("0,5\n1,5\n", {.columns_wanted = 1}).error, Catch::Contains("are expected"));
}

TEST_CASE("What is not understood is said with its cause") {
  CHECK_THAT(table("id,2019\n1,2\n").error,
             Catch::Contains("'id'; expected a number, or names only"));
  CHECK_THAT(table("my data\n1 2 3\n4 5 6\n", {.name_columns = 0}).error,
             Catch::Contains("line 1 has 2 names"));
  CHECK_THAT(table("a,b,c,d\n1,2\n").error, Catch::Contains("line 1 has 4 names"));
  CHECK_THAT(table("a b\n1,2\n").error, Catch::Contains("is separated by blanks"));
  CHECK_THAT(table("\"a,b\n1,2\n").error, Catch::Contains("a quote is not closed"));
  CHECK_THAT(table(std::string("\xff\xfe"
                               "1\0,\0",
                               6))
                 .error,
             Catch::Contains("UTF-16"));
  CHECK_THAT(table(std::string("1\0,2\n", 5)).error, Catch::Contains("zero byte"));
  CHECK_THAT(table("x,y\n").error, Catch::Contains("only the names 'x,y'"));
  CHECK(table("7,1,2\n8,3,4\n", {.name_columns = 1}).values == Numbers{1, 2, 3, 4});
}

TEST_CASE("The file read last is kept for the points of a deck, with what was said of it") {
  const std::string file = tables().write("kept.csv", "x,y\n1,2\n3,4\n");
  const data::Source source{.file = file, .key = "target.file"};
  const auto said = [&] {
    const auto lines = data::understood();
    return std::count_if(lines.begin(), lines.end(), [](const std::string& line) {
      return line.starts_with("kept.csv: ") && line.find("is a header, 'x,y'") != line.npos;
    });
  };
  const auto first = [&](const data::Source& of) { return data::read<double>(of).values.front(); };
  {
    const data::KeepsLastFile keeps;
    CHECK(first(source) == 1);
    tables().write("kept.csv", "x,y\n5,6\n");
    data::note(source, "half of it is used");  // what a target adds is of its point alone
    CHECK(first(source) == 1);
    CHECK(said() == 1);
    CHECK(data::remarks_on(source).facts.back() != "half of it is used");
    data::Source other = source;
    other.header_lines = 1;
    CHECK(first(other) == 5);
  }
  tables().write("kept.csv", "x,y\n7,8\n");
  CHECK(first(source) == 7);
}
