/// Spanish: names, numbers and documents of Spain.
enum Spain {
    static let recognizers = PackRecognizers(
        cues: cues, values: values, ages: ages, regions: ["ES"], documents: documents, names: names, streets: streets, others: [])

    private static let cues = WordTable<Cues.Kind>(folding: [
        (.phone, "teléfono telefono tel tlf tfno móvil movil celular número llámame llámenme llamarme llamen contacto fijo whatsapp llamar"), (.postcode, "código_postal cp c.p."),
        (.birthDate, "nacido nacida nací fecha_de_nacimiento nacimiento cumpleaños nacido_el nacida_el"), (.passport, "pasaporte pasaporte_número"),
        (.driving, "carnet_de_conducir permiso_de_conducir"),
        (.bankCard, "tarjeta número_de_tarjeta tarjeta_de_crédito tarjeta_de_débito"),
        (.account, "cuenta número_de_cuenta cliente_número número_de_cliente usuario socio número_de_socio contrato número_de_contrato afiliado nº_de_cliente"),
        (.cardCode, "código_de_seguridad caducidad"), (.oneTimeCode, "código_de_recogida código_de_verificación código_sms código_de_confirmación"),
        (.password, "contraseña clave"),
        (.order, "pedido número_de_pedido reserva número_de_reserva localizador expediente referencia incidencia factura reclamación póliza siniestro billete ticket"),
        (.tracking, "envío número_de_envío seguimiento número_de_seguimiento paquete"), (.plate, "matrícula matricula"),
    ])
    private static let values = ValueWords(
        links: PhraseList(folding: "número numero núm. nº n.º n° es es_el es_la el la los las de del mi nuestro al en con : acabada_en terminada_en que_termina_en siguiente #"),
        months: PhraseList(folding: "ene feb mar abr may jun jul ago sep oct nov dic"), ordinals: PhraseList(folding: "de del"))
    private static let ages = AgeWords(
        suffixes: PhraseList(folding: "_años"),
        persons: ["tengo", "tiene", "hijo", "hija", "madre", "padre", "cumplo", "cumpl", "niño", "niña", "marido", "mujer", "edad", "señora de", "señor de", "abuela", "abuelo"],
        against: PhraseList(folding: "_de_garantía _como _en_la _con_ustedes _siendo _trabajando"))

    // MARK: Documents

    private static let documents = [
        DocumentForm("national-id.es", .identifier, "99999999a", alone: .score(0.9), cues: "dni nif") { letter(Checksums.number($0[..<8])) == $0[8] },
        DocumentForm("national-id.es", .identifier, "a9999999a", alone: .score(0.9), cues: "nie") { units in
            guard let first = [0x78, 0x79, 0x7A].firstIndex(of: units[0]) else { return false }
            return letter(first * 10_000_000 + Checksums.number(units[1..<8])) == units[8]
        },
        DocumentForm("ssn.es", .socialSecurity, "999999999999", cues: "seguridad_social nuss naf s.s.") { Checksums.number($0[..<10]) % 97 == Checksums.number($0[10...]) },
        DocumentForm("credit-code.es", .creditCode, "A9999999*", alone: .score(0.6), cues: "cif nif", holds: isCompany),
        DocumentForm("plate.es", .plate, "9999AAA", alone: .score(0.7), cues: "matrícula matricula") { units in units[4...].allSatisfy(consonants.contains) },
    ]
    private static let consonants = UnitSet("bcdfghjklmnprstvwxyz")

    /// The check letter of DNI and NIE: the rest by 23.
    private static func letter(_ number: Int) -> UInt32 { Array("trwagmyfpdxbnjzsqvhlcke".unicodeScalars)[number % 23].value }

    /// A company's number: its form's letter, seven digits, and a digit or letter by Luhn's sum.
    private static let isCompany: @Sendable ([UInt32]) -> Bool = { units in
        guard UnitSet("abcdefghjnpqrsuvw").contains(units[0]) else { return false }
        let digits = Checksums.values(units[1..<8])
        let sum = digits.enumerated().reduce(0) { sum, digit in sum + (digit.offset % 2 == 0 ? digit.element * 2 / 10 + digit.element * 2 % 10 : digit.element) }
        let check = (10 - sum % 10) % 10
        return Checksums.digit(units[8]) == check || units[8] == Array("jabcdefghi".unicodeScalars)[check].value
    }

    private static let streets = PackStreetWords(
        order: .nameFirst,
        beginnings: WordPhrases("calle,c,avenida,avda,av,plaza,pza,paseo,pº,ronda,camino,carretera,travesía,urbanización,urb,glorieta,rambla,vía,pasaje,callejón"), suffixes: [],
        needsTown: false)

    // MARK: Names

    private static let names = PackNameWords(
        titles: WordPhrases("sr,sra,srta,sres,señor,señora,señorita,don,doña,d,dña,dr,dra,doctor,doctora,prof,profesor,profesora,lic"),
        introductions: WordPhrases(
            "me llamo,mi nombre es,mi nombre completo es,nombre es,se llama,se llaman,llamado,llamada,a nombre de,de parte de,le habla,les habla,le saluda,les saluda,les escribe,le escribe,atendida por,atendido por"
        ),
        beginnings: WordPhrases("soy,yo soy,habla,aquí,me atendió,hablé con,he hablado con,contacté con,con,por,para,gracias a,a,y,de"),
        labels: WordPhrases(
            "nombre,apellidos,apellido,nombre y apellidos,nombre completo,cliente,clienta,titular,destinatario,destinataria,remitente,contacto,paciente,firmado,fdo,beneficiario,beneficiaria,inquilino,inquilina,asegurado,asegurada,huésped"
        ),
        kin: WordPhrases(
            "marido,mujer,esposa,esposo,hijo,hija,madre,padre,hermano,hermana,amigo,amiga,compañero,compañera,vecino,vecina,abuela,abuelo,tía,tío,primo,prima,sobrino,sobrina,novio,novia,asesor,asesora,técnico,técnica,repartidor,repartidora,empleado,empleada,vendedor,vendedora,camarero,camarera,recepcionista,dependienta,dependiente"
        ),
        greetings: WordPhrases("hola,estimado,estimada,querido,querida,gracias,buenas,buenos días,buenas tardes,buenas noches,muchas gracias"),
        closings: WordPhrases(
            "saludos,un saludo,un cordial saludo,saludos cordiales,cordialmente,atentamente,muchas gracias,gracias,un abrazo,reciba un cordial saludo,muy atentamente,firmado,fdo,besos"
        ),
        others: WordPhrases(
            """
            el,la,los,las,un,una,unos,unas,de,del,y,o,yo,tú,él,ella,nosotros,ustedes,ellos,mi,mis,su,sus,este,esta,esto,ese,esa,que,qué,como,cómo,cuando,cuándo,donde,dónde,por,para,con,sin,pero,porque,no,sí,si,muy,bien,gracias,hola,buenas,buenos,días,tardes,noches,saludos,señor,señora,señores,señoras,director,directora,\
            servicio,cliente,clientes,equipo,amazon,factura,pedido,enero,febrero,marzo,abril,mayo,junio,julio,agosto,septiembre,octubre,noviembre,diciembre,lunes,martes,miércoles,jueves,viernes,sábado,domingo,navidad,españa,internet,wifi,en,a,al,desde,hasta,ya,hoy,ayer,mañana,todo,todos,nada,solo,sólo,además,aunque,tel,\
            teléfono,nombre,apellidos,dirección,correo,email,mar,sol,luz,cruz,paz,rosario,dolores,mercedes,consuelo,alba,rosa,blanca,pilar,gloria,victoria,esperanza,ángel,santa,san,santo,correos,orange,carrefour,zara,mango,lo,le,les,me,te,se,nos,es,son,fue,era,hay,he,ha,han,muchas,mal,peor,mejor,súper,excelente,pésimo,mac
            """), hasCapitalNouns: false)
}
