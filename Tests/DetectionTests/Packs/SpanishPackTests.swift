import Detection
import Testing

@Suite("The pack of Spanish")
struct SpanishPackTests {
    private func expect(_ text: String, _ expected: String) { #expect(Detector(packs: [.es]).redact(text) == expected) }

    @Test(
        "names by title, introduction, kin, greeting and signature",
        arguments: [
            ("La Sra. Domínguez me prometió la devolución y nada.", "La Sra. [NAME] me prometió la devolución y nada."),
            ("Me llamo Lucía Fernández y mi pedido todavía no ha llegado.", "Me llamo [NAME] y mi pedido todavía no ha llegado."),
            ("Mi marido Antonio ya ha llamado tres veces sin resultado.", "Mi marido [NAME] ya ha llamado tres veces sin resultado."),
            ("Hola Raquel, gracias por la respuesta tan rápida de ayer.", "Hola [NAME], gracias por la respuesta tan rápida de ayer."),
            ("El paquete no ha llegado todavía.\nUn saludo,\nFrancisco Javier Navarro", "El paquete no ha llegado todavía.\nUn saludo,\n[NAME]"),
        ])
    func names(text: String, expected: String) { expect(text, expected) }

    @Test(
        "what is said to nobody in particular stays",
        arguments: [
            "Estimados señores, solicito la devolución íntegra del importe.", "Envío rápido, embalaje cuidado, lo recomiendo sin dudarlo.",
            "Desde la última actualización, la aplicación se cierra cada vez que la abro.",
        ])
    func words(text: String) { expect(text, text) }

    @Test(
        "numbers and documents",
        arguments: [
            ("Pueden encontrarme en el 612 34 98 71 a partir de las seis.", "Pueden encontrarme en el [PHONE] a partir de las seis."),
            ("El recibo tiene el número 12345678Z y nada más.", "El recibo tiene el número [ID] y nada más."),
            ("El recibo tiene el número 12345678A y nada más.", "El recibo tiene el número 12345678A y nada más."),
            ("Les mando el X1234567L y la web no lo acepta.", "Les mando el [ID] y la web no lo acepta."),
            ("Les mando el X1234567T y la web no lo acepta.", "Les mando el X1234567T y la web no lo acepta."),
            ("Mi coche 4821 KLM estuvo una semana en el taller.", "Mi coche [PLATE] estuvo una semana en el taller."),
        ])
    func numbers(text: String, expected: String) { expect(text, expected) }

    @Test(
        "ages of people, not of things; dates of birth",
        arguments: [
            ("Tengo 72 años y su aplicación no se puede leer.", "Tengo [AGE] y su aplicación no se puede leer."),
            ("El aparato se estropeó y la garantía es de 5 años.", "El aparato se estropeó y la garantía es de 5 años."),
            ("Nací el 14 de marzo de 1979 y la página no acepta mi fecha.", "Nací el [BIRTH_DATE] y la página no acepta mi fecha."),
        ])
    func life(text: String, expected: String) { expect(text, expected) }
}
