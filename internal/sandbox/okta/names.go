package okta

// Names that generated people and groups are made from.
var (
	firstNames = []string{
		"Adele", "Ahmed", "Aiko", "Alba", "Amara", "Anders", "Anika", "Arjun", "Astrid", "Beatriz", "Bruno", "Camila",
		"Carlos", "Cecilia", "Chen", "Dalia", "Daniel", "Diego", "Edith", "Elena", "Emeka", "Esther", "Farid", "Fatima",
		"Felix", "Freya", "Gabriel", "Giulia", "Hana", "Harriet", "Hugo", "Ines", "Ivan", "Jamal", "Joana", "Kaito",
		"Karin", "Kofi", "Lars", "Leila", "Lucia", "Magnus", "Mariam", "Mateo", "Mei", "Miriam", "Nadia", "Nikolai",
		"Noor", "Olga", "Omar", "Paula", "Pedro", "Rafael", "Ravi", "Rosa", "Samuel", "Selma", "Tariq", "Tomas",
		"Ursula", "Viktor", "Wanda", "Yasmin", "Yusuf", "Zofia",
	}
	lastNames = []string{
		"Abbas", "Almeida", "Andersen", "Bauer", "Bello", "Bianchi", "Campos", "Castro", "Costa", "Dahl", "Das", "Diaz",
		"Dubois", "Eriksen", "Farah", "Fischer", "Fontaine", "Garcia", "Greco", "Haddad", "Hansen", "Hoffmann", "Ibrahim",
		"Ito", "Jensen", "Johnson", "Kaya", "Kim", "Kowalski", "Kumar", "Larsen", "Lopez", "Maier", "Marino", "Mensah",
		"Meyer", "Moreau", "Nakamura", "Nowak", "Novak", "Oliveira", "Osei", "Patel", "Pereira", "Petrov", "Quist",
		"Rahman", "Ramos", "Ricci", "Rossi", "Sato", "Schmidt", "Sharma", "Silva", "Simon", "Sousa", "Suzuki", "Tanaka",
		"Torres", "Vargas", "Vidal", "Vogel", "Weber", "Wong", "Yilmaz", "Zhang",
	}
	departments = []string{
		"Accounting", "Analytics", "Brand", "Compliance", "Customer Care", "Data Platform", "Design", "Engineering",
		"Events", "Facilities", "Field Service", "Finance", "Growth", "Hardware", "Helpdesk", "Human Resources",
		"Infrastructure", "Internal Audit", "Legal", "Logistics", "Marketing", "Mobile", "Operations", "Partners",
		"Payments", "People", "Platform", "Procurement", "Product", "Quality", "Recruiting", "Reliability", "Research",
		"Risk", "Security", "Solutions", "Strategy", "Training", "Translation", "Treasury",
	}
	cities = []string{
		"Accra", "Amsterdam", "Athens", "Atlanta", "Austin", "Barcelona", "Berlin", "Bogota", "Boston", "Brussels",
		"Bucharest", "Budapest", "Cairo", "Chicago", "Copenhagen", "Dallas", "Denver", "Dubai", "Dublin", "Edinburgh",
		"Geneva", "Hamburg", "Helsinki", "Istanbul", "Jakarta", "Krakow", "Lagos", "Lima", "Lisbon", "London", "Lyon",
		"Madrid", "Manila", "Melbourne", "Miami", "Milan", "Montreal", "Mumbai", "Munich", "Nairobi", "Osaka", "Oslo",
		"Paris", "Porto", "Prague", "Pune", "Riga", "Rome", "Santiago", "Seattle", "Seoul", "Singapore", "Sofia",
		"Stockholm", "Sydney", "Tallinn", "Tokyo", "Toronto", "Vienna", "Warsaw",
	}
)
