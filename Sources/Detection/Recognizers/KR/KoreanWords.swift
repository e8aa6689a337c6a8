/// Words beside names in Korean, family names, and words that look like names.
enum KoreanWords {
    static let honorifics = PhraseList(folding: "님 씨 고객님 선생님 기사님 사장님 과장님 부장님 팀장님 대리님 실장님 원장님 교수님 상담사님 상담원님 매니저님 점장님 차장님 소장님 대표님 변호사님 주임님 사원님 회원님")
    static let titles = PhraseList(
        folding: """
            님 씨 고객님 선생님 기사님 사장님 과장님 부장님 팀장님 대리님 실장님 원장님 교수님 상담사님 상담원님 매니저님 점장님 차장님 소장님 대표님 변호사님 주임님 사원님 회원님 상담사 상담원 기사 과장 부장 팀장 대리 실장 점장 매니저 주임 변호사 교수 고객 선생 회원 환자
            """)
    /// Before which a single syllable is more often another word: 이 고객.
    static let plain = PhraseList(folding: "고객 기사 회원 환자 상담사 상담원 매니저 대리 교수 님 선생")
    static let particles = PhraseList(
        folding: "입니다 이에요 예요 이라고 라고 이라는 라는 이고 고 인데 인데요 이며 이랑 랑 님 씨 은 는 이 가 을 를 의 에게 한테 와 과 께서 께 으로 로 도 만 이요 요 이었 였 이란 하고 께선 이신 신 드림 올림")
    static let copulas = PhraseList(folding: "입니다 이에요 예요 이라고 라고 이고 인데 이요 라는 이라는")
    static let speakers = PhraseList(folding: "저는 나는 제가 전")
    static let cues = PhraseList(
        folding: """
            저는 나는 제가 전 이름 성명 성함 예금주 수취인 수령인 받는_사람 받는사람 받는_분 받는분 보내는_사람 보내는사람 보내는_분 주문자 주문자명 예약자 예약자명 담당자 신청자 가입자 명의자 입금자 입금자명 고객명 보호자 환자명 제_이름 담당_기사 계약자 구매자 대표자 남편 아내 아들 딸 어머니 아버지 \
            엄마 아빠 동생 언니 누나 오빠 형 친구 동료 할머니 할아버지 대표 원장 기사 상담사 상담원 직원 매니저
            """)
    static let links = UnitSet("은는이: 가")
    static let statements = PhraseList(folding: "라고_합니다 이라고_합니다 라고_해요 이라고_해요 라고_하는데 이라고_하는데 드림 올림 배상 이라는_사람 라는_사람")
    static let closings = PhraseList(folding: "드림 올림 배상")

    static let surnames = UnitSet("김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반라왕금옥육맹제탁국은편용")
    /// Those that may stand alone before a title.
    static let loneSurnames = UnitSet("김박최정강조윤장임오서권황안송류유홍문손배백허남심노곽차주민엄")
    static let compounds = PhraseList(folding: "남궁 황보 제갈 사공 선우 서문 독고 동방")
    static let notNames = PhraseList(
        folding: """
            고객 선생 사장 기사 손님 부모 원장 부장 팀장 대표 점장 직원 교수 박사 이모 고모 조카 강사 신랑 신부 여러 우리 신규 기존 전체 구매 주요 여성 남성 방문 이용 문의 유료 노인 장기 지도 신문 배송 설치 전기 정비 주부 주인 한분 마음 하느 임금 원어민 \
            이용자 구매자 판매자 소비자 담당자 사용자 관리자 운영자 작성자 신청자 예약자 방문자 주문자 수령자 상담원 상담사 배송원 안내원 변호사 간호사 정비사 미용사 부원장 고객센 신입생 고등학 대학생 중학생 유학생 전문가 전업주 주인공 공무원 회사원 연구원 임산부 노동자 \
            지배인 조리사 여행자 투숙객 이웃 지인 지방인 서울사 한국인 외국인 성인 성인이 장애인 고령자 어르신 도우미 마스터 안경사 안마사 유치원 어린이 고양이 강아지 이분 이상 이후 이번 이제 이미 정말 정도 진짜 전부 전혀 방금 조금 지금 현재 오늘 오전 오후 \
            하나 하루 한번 한국 미국 중국 주문 연락 문제 설명 여기 거기 저기 서비스 배송기 택배 제품 상품 물건 주소 전화 남편 아내 아들 신청 가입 구입 결제 환불 교환 반품 취소 도착 이유 이거 이것 고마 감사 안녕 진상 공사 반장 국장 지점 지점장 본사 강남 강북 서울 \
            대전 광주 부산 인천 경기 전주 원주 여수 남원 제주 안양 안산 성남 김포 김해 구미 진주 양산 양평 이천 하남 고양 천안 공주 남양주 오산 용인 백화점 홍보 문자 문서 손해 성격 하자 차량 차주 주차 유저 유명 유튜버 연예인 연인 위원 위원장 선수 선배 조교 조합원 임원 임직원
            """)
}
