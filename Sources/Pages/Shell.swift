extension HTML {
    /// A whole page.
    ///
    /// - Parameter head: what stands in the head besides its title.
    static func page(_ title: String, language: Language, head: HTML, _ body: HTML) -> HTML {
        """
        <!DOCTYPE html>
        <html lang="\(language.tag)"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title)</title>\(head)</head><body>
        \(body)
        </body></html>

        """
    }

    /// A page that is one file, to be kept and handed on: it needs nothing from elsewhere.
    static func file(_ title: String, language: Language, style: HTML, lead: HTML, _ content: HTML) -> HTML {
        page(
            title, language: language, head: "<style>\(style)</style>",
            """
            <main><h1>\(title)</h1><p class="lead">\(lead)</p>
            \(content)
            </main>
            """)
    }
}
