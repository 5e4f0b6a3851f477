#include "split.h"

namespace dray::format {
namespace {

using Records = std::vector<std::string>;

Outcome windows(std::string_view text) {
  return split("windows_security_processor", {}, text);
}

TEST(WindowsSecurity, TakesOneEventAnElementWhateverTheLines) {
  EXPECT_EQ(windows("\xEF\xBB\xBF<?xml version=\"1.0\"?>\r\n<Events>\r\n"
                    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>\r\n  <System>\r\n"
                    "    <EventID>4624</EventID>\r\n  </System>\r\n</Event>\r\n"
                    "<Event><System/></Event><Event>\n<Data>a b</Data></Event>\n</Events>\n")
                .records,
            (Records{"<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
                     "<EventID>4624</EventID></System></Event>",
                     "<Event><System/></Event>", "<Event><Data>a b</Data></Event>"}));
}

TEST(WindowsSecurity, KeepsTheLinesOfATextAsReferences) {
  EXPECT_EQ(windows("<Event\r\n  a='1'\r\n>\n<Data>one\r\n\r\n  two</Data> <Data> </Data></Event>").records,
            (Records{"<Event   a='1' ><Data>one&#10;&#10;  two</Data> <Data> </Data></Event>"}));
  EXPECT_EQ(windows("<Event a='x>y'\nb='\"'><!-- don't\n --><D>1\n2</D>\n<D e='>3\n4</D></Event>").records,
            (Records{"<Event a='x>y' b='\"'><!-- don't  --><D>1&#10;2</D><D e='>3&#10;4</D></Event>"}));
}

TEST(WindowsSecurity, TakesOtherLinesAsTheyStand) {
  const Outcome outcome =
      windows("{\"EventID\": 4624}\n{\"EventID\": }\n\n \nAudit Success,4624\n<134>1 host {}\n<EventData>\n");
  EXPECT_EQ(outcome.records,
            (Records{"{\"EventID\":4624}", "{\"EventID\": }", "Audit Success,4624", "<134>1 host {}", "<EventData>"}));
  EXPECT_EQ(outcome.json, (std::vector<bool>{true, false, false, false, false}));
}

TEST(WindowsSecurity, EndsAnElementWithoutEndWhereTheNextBegins) {
  EXPECT_EQ(windows("<Event><System>\n<Event>1</Event>\n<Event><Sys").records,
            (Records{"<Event><System>", "<Event>1</Event>", "<Event><Sys"}));
}

TEST(WindowsSecurity, EndsAnElementWithoutContentAtItsTag) {
  EXPECT_EQ(windows("<Event/>\n<Event>1</Event>\n").records, (Records{"<Event/>", "<Event>1</Event>"}));
  EXPECT_EQ(windows("<Event a='x/>y'\n b=\"'/>\" /><Event><A/></Event><Event/>text\n").records,
            (Records{"<Event a='x/>y'  b=\"'/>\" />", "<Event><A/></Event>", "<Event/>", "text"}));
}

TEST(WindowsSecurity, KnowsAnEndTagWithABlankAndNoLongerName) {
  EXPECT_EQ(windows("<Event><EventData></EventData><A/></Event ><Event>2</Event\t>\n").records,
            (Records{"<Event><EventData></EventData><A/></Event >", "<Event>2</Event\t>"}));
}

TEST(WindowsSecurity, EndsAnElementWhoseTagIsDamagedAtItsEndTag) {
  EXPECT_EQ(windows("<Event a='1\">1</Event>\n<Event>2</Event>\n").records,
            (Records{"<Event a='1\">1</Event>", "<Event>2</Event>"}));
}

TEST(WindowsSecurity, LeavesOutCommentsWithWhatTheyHold) {
  EXPECT_EQ(windows("<!-- a > b <Event/> --><Event>1</Event>\n<!-- two\nlines -->\n").records,
            (Records{"<Event>1</Event>", "<!-- two", "lines -->"}))
      << "of a comment over lines nothing is lost";
}

TEST(WindowsSecurity, OverTheLimitComesInPieces) {
  for (const std::size_t step : {1U, 3U, 100U}) {
    const SplitterOptions options{.record_bytes_max = 16, .options = {}, .oversize_in_pieces = true};
    EXPECT_EQ(split_by("windows_security_processor", options, "<Event>\n<A/>\n<B/></Event>\n<Event>1</Event>\n",
                       [step] { return step; })
                  .records,
              (Records{"<Event>", "<A/>", "<B/></Event>", "<Event>1</Event>"}));
  }
}

}  // namespace
}  // namespace dray::format
