"""From a PDF page's characters to lines, headings and paragraphs."""
