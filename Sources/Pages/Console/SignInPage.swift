extension ConsolePage {
    package func signIn() -> HTML {
        let token = field("token", t.token, " type=\"password\" autocomplete=\"off\" required autofocus", hint: t.tokenHint)
        return form("/console/sign-in", style: "narrow", "\(token)<p><button>\(t.signIn)</button></p>")
    }

    /// Where to go from a request that was not done.
    package func problem() -> HTML { "<p><a href=\"/console\">\(t.back)</a></p>" }
}
