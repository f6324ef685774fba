#include "debug/page.h"

#include <string.h>

#include "debug/lines.h"
#include "debug/paint.h"

static const char style[] =
	":root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--dim:#667079;--line:#d5dae0;--box:#f5f7f9;--s1:#0b5cad;"
	"--s2:#8a2f9c;--va:#006d77;--ipa:#8a5a00;--pa:#1a7431;--good:#1a7431;--warn:#8a5a00;--bad:#b3261e}\n"
	"@media(prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#e3e7eb;--dim:#8f9aa5;--line:#363d45;--box:#1d2226;"
	"--s1:#74b3f5;--s2:#d79be6;--va:#62ccd6;--ipa:#e0b055;--pa:#7bcf8f;--good:#7bcf8f;--warn:#e0b055;--bad:#f28b82}"
	"}\n"
	"body{background:var(--bg);color:var(--fg);font:14px/1.45 ui-monospace,SFMono-Regular,Menlo,Consolas,"
	"\"DejaVu Sans Mono\",monospace;margin:1.5em auto;max-width:110em;padding:0 1.5em}\n"
	"h1{font-size:1.25em}h2{font-size:1.05em;margin:1.6em 0 .5em}\n"
	"pre{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}\n"
	"details{border-left:3px solid var(--line);margin:.35em 0;padding:.1em 0 .1em .7em}\n"
	"details.s1{border-color:var(--s1)}details.s2{border-color:var(--s2)}\n"
	"details.bad,details:target{border-color:var(--bad)}:target>summary{background:var(--box)}\n"
	"summary{cursor:pointer;white-space:pre-wrap;overflow-wrap:anywhere}summary:focus-visible,a:focus-visible,"
	"button:focus-visible{outline:2px solid "
	"var(--s1)}\n"
	"details>pre,details>table,details>div{margin:.3em 0 .5em 1.2em}\n"
	"table{border-collapse:collapse}th,td{border:1px solid var(--line);padding:.15em .6em;text-align:left;"
	"vertical-align:top;font-weight:normal}thead th{background:var(--box);font-weight:bold}\n"
	".name,.label{font-weight:bold}.dim{color:var(--dim)}.s1 .s1,span.s1{color:var(--s1);font-weight:bold}\n"
	"span.s2{color:var(--s2);font-weight:bold}.va{color:var(--va)}.ipa{color:var(--ipa)}.pa{color:var(--pa)}\n"
	".good{color:var(--good);font-weight:bold}.warn{color:var(--warn)}span.bad,td.bad{color:var(--bad);font-weight:"
	"bold}\n"
	"td.s1{border-left:3px solid var(--s1)}td.s2{border-left:3px solid var(--s2)}a{color:inherit}\n"
	"button{font:inherit;background:var(--box);color:inherit;border:1px solid var(--line);border-radius:4px;"
	"padding:.1em .7em}\n"
	"@media print{details:not([open])>*{display:block}button{display:none}}\n";

/* Only opens and closes; the page is whole without it. A link to a step opens what it is in. */
static const char script[] =
	"const all=o=>document.querySelectorAll('details').forEach(d=>d.open=o);\n"
	"const bar=document.getElementById('bar');\n"
	"for(const [n,o] of [['unfold all',true],['fold all',false]]){const b=document.createElement('button');"
	"b.textContent=n;b.onclick=()=>all(o);bar.append(b,' ');}\n"
	"const show=()=>{const t=location.hash&&document.getElementById(location.hash.slice(1));"
	"for(let e=t;e;e=e.parentElement)if(e.tagName==='DETAILS')e.open=true;if(t)t.scrollIntoView();};\n"
	"addEventListener('hashchange',show);show();\n";

void page_begin(FILE *out, const char *title)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
	      "script-src 'unsafe-inline'\">\n<title>",
	      out);
	html_text(out, title, strlen(title));
	fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n<h1>", style);
	html_text(out, title, strlen(title));
	fputs("</h1>\n<p id=\"bar\"></p>\n", out);
}

void page_end(FILE *out)
{
	fprintf(out, "<script>\n%s</script>\n</body>\n</html>\n", script);
}

void page_lines(FILE *out, const char *text)
{
	fputs("<pre>", out);
	paint_html(out, text, strlen(text));
	fputs("</pre>\n", out);
}

/* From a head to the next one. */
static const char *behind_details(const char *text)
{
	const char *next = text;
	struct text_line l;

	while (text_line_next(&next, &l) && !text_line_is_head(&l))
		text = next;
	return text;
}

void page_explained(FILE *out, const char *text, bool is_open)
{
	struct text_line l;

	for (const char *rest = text; text_line_next(&rest, &l); text = rest) {
		const char *end = behind_details(rest);

		if (end > rest) {
			fprintf(out, "<details%s>\n<summary>", is_open ? " open" : "");
			paint_html(out, text, l.whole.size);
			fputs("</summary>\n<pre>", out);
			paint_html(out, rest, (size_t)(end - rest));
			fputs("</pre>\n</details>\n", out);
		} else {
			fputs("<pre>", out);
			paint_html(out, text, l.whole.size);
			fputs("</pre>\n", out);
		}
		rest = end;
	}
}
